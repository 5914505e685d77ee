/// One line that is typed into.
public struct InputLine: Equatable, Sendable {
  public private(set) var text: String
  private var position: Int

  /// Characters that it takes.
  public let limit: Int

  public init(_ text: String = "", limit: Int = 512) {
    self.text = text
    self.limit = limit
    position = text.count
  }

  /// - Returns: whether the key was taken.
  public mutating func take(_ key: Key) -> Bool {
    switch key {
    case .backspace: remove(at: position - 1)
    case .delete: remove(at: position)
    case .left: position = max(0, position - 1)
    case .right: position = min(text.count, position + 1)
    case .home, Key("Ctrl-A"): position = 0
    case .end, Key("Ctrl-E"): position = text.count
    case Key("Ctrl-U"):
      text = String(text.dropFirst(position))
      position = 0
    case Key("Ctrl-W"):
      let kept = text.prefix(position).reversed().drop { $0 == " " }.drop { $0 != " " }
      text = String(kept.reversed()) + text.dropFirst(position)
      position = min(kept.count, text.count)
    default:
      guard let character = key.character else { return false }
      insert(String(character))
    }
    return true
  }

  /// Pasted text is text: control characters are left out.
  public mutating func insert(_ pasted: String) {
    let clean = pasted.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F && !(0x80..<0xA0).contains($0.value) }
    let room = max(0, limit - text.count)
    let added = String(String.UnicodeScalarView(clean)).prefix(room)
    // A mark joins the character before it: there may be fewer characters than were inserted.
    let before = head + added
    text = before + text.dropFirst(position)
    position = min(before.count, text.count)
  }

  private mutating func remove(at index: Int) {
    guard index >= 0, index < text.count else { return }
    text.remove(at: text.index(text.startIndex, offsetBy: index))
    position = min(position, index, text.count)
  }

  /// Text before the cursor, for placing it.
  public var head: String { String(text.prefix(position)) }
}
