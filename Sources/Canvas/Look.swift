/// What a terminal can show. Meaning never depends on more than the poorest.
public enum Look: String, Sendable, CaseIterable {
  /// 256 colours.
  case colours256 = "256"
  /// The 16 colours of the terminal's own palette.
  case colours16 = "16"
  /// The same, with the signs that the fonts of the Linux console have.
  case console
  /// No colour: bold, dim, underline, reverse.
  case mono
  /// No colour, and signs from ASCII only.
  case ascii

  public var glyphs: GlyphSet {
    switch self {
    case .ascii: .ascii
    case .console: .console
    default: .unicode
    }
  }

  public var hasColour: Bool { self == .colours256 || self == .colours16 || self == .console }
}
