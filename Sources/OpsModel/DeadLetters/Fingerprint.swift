/// What equal failures have in common: the task, the type of the error, and its message without the numbers and ids in it.
public struct Fingerprint: Hashable, Sendable {
  public let task: SafeText
  public let errorType: SafeText
  public let message: SafeText

  public init(_ letter: DeadLetter) {
    task = letter.task ?? "?"
    errorType = letter.errorType ?? "?"
    message = letter.message.map { Self.normalised($0) } ?? ""
  }

  /// Longest message that is compared, in bytes.
  static let limit = 160

  /// Numbers, addresses, uuids and other long hexadecimal words become `#`.
  public static func normalised(_ text: SafeText) -> SafeText {
    var out: [UInt8] = []
    var word: [UInt8] = []
    func flush() {
      out += isNumeric(word) ? [UInt8(ascii: "#")] : word
      word = []
    }
    for byte in text.text.utf8 {
      if out.count >= limit { break }
      if isWordByte(byte) {
        word.append(byte)
      } else {
        flush()
        if byte == UInt8(ascii: "-"), out.last == UInt8(ascii: "#") { continue }
        out.append(byte)
      }
    }
    flush()
    while let found = out.firstRange(of: [UInt8(ascii: "#"), UInt8(ascii: "#")]) { out.remove(at: found) }
    return SafeText(bytes: out, limit: limit)
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == UInt8(ascii: "_")
      || byte >= 0x80
  }

  /// A word of digits, `0x…`, or eight and more hexadecimal digits with a number among them.
  private static func isNumeric(_ word: [UInt8]) -> Bool {
    guard let first = word.first, !word.isEmpty else { return false }
    let digits = word.filter { (0x30...0x39).contains($0) }.count
    if digits == word.count { return true }
    if digits == 0 { return false }
    let isHex = word.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) || (0x41...0x46).contains($0) }
    if isHex && (word.count >= 8 || word.count == 4) { return true }
    if first == 0x30, word.count > 2, word[1] == UInt8(ascii: "x") { return true }
    // `5s`, `120ms`: a number with its unit.
    return (0x30...0x39).contains(first) && word.count - digits <= 2
  }
}

extension [UInt8] {
  /// Where two equal neighbours begin.
  fileprivate func firstRange(of pair: [UInt8]) -> Int? {
    guard count > 1 else { return nil }
    return (0..<count - 1).first { self[$0] == pair[0] && self[$0 + 1] == pair[1] }
  }
}
