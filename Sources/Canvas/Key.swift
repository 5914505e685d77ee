/// A key as the keymap names it: `q`, `?`, `Enter`, `Esc`, `Up`, `PgDn`, `F5`, `Ctrl-R`, `Alt-x`, `Ctrl-Shift-Up`, `Space`, `Tab`.
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
    "Enter", "Esc", "Up", "Down", "Left", "Right", "PgUp", "PgDn", "Home", "End", "Tab", "Backspace", "Delete", "Insert", "Space",
  ]

  /// Reads the spelling of a keymap file; nil where there is no such key.
  public init?(parsing text: String) {
    var rest = text[...]
    var held: Set<String> = []
    while let name = Key.modifiers.first(where: { rest.count > $0.count && rest.lowercased().hasPrefix($0.lowercased()) }) {
      held.insert(name)
      rest = rest.dropFirst(name.count)
    }
    guard var name = Key.plain(String(rest)) else { return nil }
    // With Ctrl a letter has no case, and Shift is a part of a sign.
    if held.contains("Ctrl-"), name.utf8.count == 1 {
      guard rest.first?.isLetter == true else { return nil }
      name = name.uppercased()
    } else if held.contains("Shift-"), name.utf8.count == 1 {
      return nil
    }
    self.init(Key.modifiers.filter(held.contains).joined() + name)
  }

  /// In the order in which a name has them.
  private static let modifiers = ["Ctrl-", "Alt-", "Shift-"]

  /// The name of a key without modifiers.
  private static func plain(_ text: String) -> String? {
    if text.utf8.count == 1, let byte = text.utf8.first, byte > 0x20, byte < 0x7F { return text }
    if let known = named.first(where: { $0.lowercased() == text.lowercased() }) { return known }
    guard text.first == "F" || text.first == "f", let number = Int(text.dropFirst()), (1...20).contains(number) else { return nil }
    return "F\(number)"
  }

  /// Whether modifiers are held that make it another key than a keyboard writes: `Alt-x`, `Ctrl-Up`, but not `Ctrl-R` or `Shift-Tab`.
  public var isModified: Bool {
    guard self != .backTab, Key.modifiers.contains(where: { description.hasPrefix($0) }) else { return false }
    return !(description.hasPrefix("Ctrl-") && description.utf8.count == 6)
  }

  /// The character, for input lines; nil for other keys.
  public var character: Character? {
    if description == "Space" { return " " }
    return description.count == 1 ? description.first : nil
  }
}
