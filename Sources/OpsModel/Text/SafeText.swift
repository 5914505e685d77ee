/// Text that may be printed: on the canvas, on standard output, in a log, in an export for people, in the title.
///
/// Whatever came from outside (names, arguments, SQL, server errors, file names) becomes `SafeText` where it enters, through one
/// function that escapes everything it does not know to be harmless. It holds printable scalars only: no control character in any
/// form, no bidi or zero-width scalar, at most two combining marks on a base. Escaped bytes show as `\x1b`, scalars as `\u{202e}`.
/// The original bytes are not kept.
public struct SafeText: Hashable, Sendable, Comparable {
  /// The printable text, at most `SafeText.limit` scalars and a closing `…`.
  public let text: String

  /// Longest text kept, in scalars.
  public static let limit = 8192

  public static let empty = SafeText(checked: "")

  init(checked: String) { text = checked }

  /// Escapes bytes from outside; invalid UTF-8 shows byte by byte.
  public init<Bytes: Sequence<UInt8>>(bytes: Bytes, limit: Int = SafeText.limit) {
    // Most texts are plain ASCII: those need no escaper, and of a long one only the part that is kept is looked at.
    let plain: String?? = bytes.withContiguousStorageIfAvailable { buffer in
      let kept = buffer.prefix(limit)
      guard kept.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) else { return nil }
      return String(decoding: kept, as: UTF8.self) + (buffer.count > limit ? "…" : "")
    }
    if case .some(.some(let plain)) = plain {
      text = plain
      return
    }
    var escaper = TextEscaper(limit: limit)
    escaper.consume(bytes)
    text = escaper.finish()
  }

  /// Escapes a string from outside.
  public init(escaping string: String, limit: Int = SafeText.limit) {
    self.init(bytes: string.utf8, limit: limit)
  }

  public var isEmpty: Bool { text.isEmpty }

  public static func < (left: SafeText, right: SafeText) -> Bool { left.text < right.text }

  /// The first `count` characters and `…` where something was left out.
  public func prefix(_ count: Int) -> SafeText {
    guard text.count > count else { return self }
    return SafeText(checked: String(text.prefix(max(0, count - 1))) + "…")
  }

  public func contains(_ needle: String) -> Bool {
    text.lowercased().contains(needle.lowercased())
  }

  public static func + (left: SafeText, right: SafeText) -> SafeText { SafeText(checked: left.text + right.text) }

  /// Joins texts.
  public static func join(_ parts: [SafeText], _ separator: SafeText) -> SafeText {
    SafeText(checked: parts.map(\.text).joined(separator: separator.text))
  }
}

/// On a tape it stands as its text; read back, it is made safe anew, since a tape may come from anywhere.
extension SafeText: Codable {
  public init(from decoder: any Decoder) throws { self.init(escaping: try decoder.singleValueContainer().decode(String.self)) }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}

extension SafeText: CustomStringConvertible {
  public var description: String { text }
}
