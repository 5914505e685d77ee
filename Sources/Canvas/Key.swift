/// A key as the keymap names it: `q`, `?`, `Enter`, `Esc`, `Up`, `PgDn`, `F5`, `Ctrl-R`, `Space`, `Tab`.
public struct Key: Hashable, Sendable, CustomStringConvertible {
  public let description: String

  /// - Parameter name: the spelling above.
  public init(_ name: String) { description = name }

  /// A printable character.
  public init(_ scalar: Unicode.Scalar) { description = scalar == " " ? "Space" : String(Character(scalar)) }

  public static let enter = Key("Enter")
  public static let escape = Key("Esc")
  public static let up = Key("Up")
  public static let down = Key("Down")
  public static let left = Key("Left")
  public static let right = Key("Right")
  public static let pageUp = Key("PgUp")
  public static let pageDown = Key("PgDn")
  public static let home = Key("Home")
  public static let end = Key("End")
  public static let tab = Key("Tab")
  public static let backTab = Key("Shift-Tab")
  public static let backspace = Key("Backspace")
  public static let delete = Key("Delete")

  static let named: Set<String> = [
    "Enter", "Esc", "Up", "Down", "Left", "Right", "PgUp", "PgDn", "Home", "End", "Tab", "Shift-Tab", "Backspace", "Delete", "Insert",
    "Space",
  ]

  /// Reads the spelling of a keymap file; nil where there is no such key.
  public init?(parsing text: String) {
    if let known = Key.named.first(where: { $0.lowercased() == text.lowercased() }), text.count > 1 {
      self.init(known)
    } else if text.unicodeScalars.count == 1, let scalar = text.unicodeScalars.first, scalar.value > 0x20, scalar.value < 0x7F {
      self.init(scalar)
    } else if text.lowercased().hasPrefix("ctrl-"), text.utf8.count == 6, let last = text.last, last.isASCII, last.isLetter {
      self.init("Ctrl-" + last.uppercased())
    } else if text.first == "F" || text.first == "f", let number = Int(text.dropFirst()), (1...12).contains(number) {
      self.init("F\(number)")
    } else {
      return nil
    }
  }

  /// The character, for input lines; nil for other keys.
  public var character: Character? {
    if description == "Space" { return " " }
    return description.count == 1 ? description.first : nil
  }
}
