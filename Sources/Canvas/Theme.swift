/// How each role looks.
public struct Theme: Equatable, Sendable {
  public var name: String
  public var looks: [Role: RoleLook]

  public init(name: String, looks: [Role: RoleLook]) {
    self.name = name
    self.looks = looks
  }

  public subscript(role: Role) -> RoleLook { looks[role] ?? looks[.text] ?? RoleLook() }
}

/// Colours and attributes of one role.
public struct RoleLook: Hashable, Sendable {
  public var foreground: Colour = .terminal
  public var background: Colour = .terminal
  public var attributes: Set<Attribute> = []

  public enum Attribute: String, Hashable, Sendable, CaseIterable {
    case bold, dim, underline, reverse
  }

  public init(_ foreground: Colour = .terminal, on background: Colour = .terminal, _ attributes: Set<Attribute> = []) {
    self.foreground = foreground
    self.background = background
    self.attributes = attributes
  }
}

/// A colour of the terminal: its own default, one of its 16, or one of 256.
public enum Colour: Hashable, Sendable {
  case terminal
  case indexed(UInt8)

  public static let names = [
    "black", "red", "green", "yellow", "blue", "magenta", "cyan", "white",
    "bright-black", "bright-red", "bright-green", "bright-yellow", "bright-blue", "bright-magenta", "bright-cyan", "bright-white",
  ]

  /// `default`, a name of `names`, `0` to `255`, or `#rrggbb` (the nearest of the 256).
  public init?(_ text: String) {
    if text == "default" {
      self = .terminal
    } else if let index = Self.names.firstIndex(of: text) {
      self = .indexed(UInt8(index))
    } else if let number = UInt8(text) {
      self = .indexed(number)
    } else if text.hasPrefix("#"), text.utf8.count == 7, let value = UInt32(text.dropFirst(), radix: 16) {
      self = .indexed(Self.nearest(red: Int(value >> 16), green: Int(value >> 8 & 0xFF), blue: Int(value & 0xFF)))
    } else {
      return nil
    }
  }

  /// The colour for a terminal with 16 of them.
  public var reducedTo16: Colour {
    guard case .indexed(let index) = self, index >= 16 else { return self }
    let (red, green, blue) = Self.components(index)
    // A grey is no colour: how light it is decides.
    if red == green && green == blue { return .indexed(red <= 48 ? 0 : red <= 160 ? 8 : red < 224 ? 7 : 15) }
    let bright = max(red, green, blue) > 170 ? 8 : 0
    // What lies above the middle of a colour is its hue: a pale green is green and not white.
    let middle = (min(red, green, blue) + max(red, green, blue)) / 2
    let low = (red > middle ? 1 : 0) + (green >= middle ? 2 : 0) + (blue > middle ? 4 : 0)
    return .indexed(UInt8(low + bright))
  }

  private static let steps = [0, 95, 135, 175, 215, 255]

  /// The 6×6×6 cube and the grey ramp of 256-colour terminals.
  private static func components(_ index: UInt8) -> (Int, Int, Int) {
    let value = Int(index)
    if value >= 232 {
      let grey = 8 + (value - 232) * 10
      return (grey, grey, grey)
    }
    let cube = value - 16
    return (steps[cube / 36], steps[cube / 6 % 6], steps[cube % 6])
  }

  private static func nearest(red: Int, green: Int, blue: Int) -> UInt8 {
    var best: (distance: Int, index: UInt8) = (.max, 16)
    for index in UInt8(16)...255 {
      let (r, g, b) = components(index)
      let distance = (r - red) * (r - red) + (g - green) * (g - green) + (b - blue) * (b - blue)
      if distance < best.distance { best = (distance, index) }
    }
    return best.index
  }
}
