import CNcurses
import Canvas

/// A style as curses wants it.
struct TerminalPaint {
  let foreground: Int32
  let background: Int32
  let attributes: Int32

  init(style: Style, theme: Theme, look: Look, colours: Int) {
    let role = theme[style.role]
    var attributes = role.attributes.reduce(Int32(0)) { $0 | Self.bit($1) }
    if style.isBold { attributes |= Self.bit(.bold) }
    if style.isDimmed { attributes |= Self.bit(.dim) }
    // Without colour a background is shown as reverse, so that the environment stands out; one that the whole screen has does not.
    if !look.hasColour && role.background != theme[.text].background { attributes |= Self.bit(.reverse) }
    if style.isReversed { attributes ^= Self.bit(.reverse) }
    let front = Self.index(role.foreground, look, colours)
    let back = Self.index(role.background, look, colours)
    if look.hasColour && front.isBright { attributes |= Self.bit(.bold) }
    // Two colours that a poor terminal shows as one would hide the text.
    foreground = front.index >= 0 && front.index == back.index ? (back.index == 0 ? 7 : 0) : front.index
    background = back.index
    self.attributes = attributes
  }

  /// Terminals with eight colours show the bright ones as bold.
  private static func index(_ colour: Colour, _ look: Look, _ colours: Int) -> (index: Int32, isBright: Bool) {
    let fitting = look == .colours256 ? colour : colour.reducedTo16
    guard case .indexed(let index) = fitting else { return (-1, false) }
    if colours < 16 && index >= 8 { return (Int32(index == 8 ? 7 : index - 8), index != 8) }
    return (Int32(index), false)
  }

  private static func bit(_ attribute: RoleLook.Attribute) -> Int32 {
    switch attribute {
    case .bold: Int32(OPS_BOLD)
    case .dim: Int32(OPS_DIM)
    case .underline: Int32(OPS_UNDERLINE)
    case .reverse: Int32(OPS_REVERSE)
    }
  }
}
