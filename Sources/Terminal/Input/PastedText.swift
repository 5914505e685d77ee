/// The text of a bracketed paste, up to `CSI 201 ~`.
struct PastedText {
  private static let endMark = Array("\u{1B}[201~".utf8)
  /// Bytes that are kept: more than any line takes.
  private static let limit = 32_768
  /// Bytes that come at once from a paste and never from a hand.
  static let bulk = 8

  private var bytes: [UInt8] = []
  private var marked = 0
  private var tornAt: Double?

  var kept: Int { bytes.count }

  mutating func begin() { self = PastedText() }

  mutating func forget() { self = PastedText() }

  /// - Returns: true where the end mark is complete.
  mutating func take(_ byte: UInt8) -> Bool {
    if byte == Self.endMark[marked] {
      marked += 1
      return marked == Self.endMark.count
    }
    for kept in Self.endMark.prefix(marked) { keep(kept) }
    marked = byte == Self.endMark[0] ? 1 : 0
    if marked == 0 { keep(byte) }
    return false
  }

  private mutating func keep(_ byte: UInt8) { if bytes.count < Self.limit { bytes.append(byte) } }

  mutating func end(_ characters: CharacterGatherer) -> String {
    defer { forget() }
    return characters.text(bytes)
  }

  /// Whether a paste came without its end not long ago: what comes in bulk may be the rest of it.
  func isTornOff(at now: Double) -> Bool { tornAt.map { now - $0 < 60 } ?? false }

  /// Ends a paste whose end did not come, so that keys work again.
  mutating func tearOff(_ characters: CharacterGatherer, at now: Double) -> String? {
    let text = end(characters)
    tornAt = now
    return text.isEmpty ? nil : text
  }
}
