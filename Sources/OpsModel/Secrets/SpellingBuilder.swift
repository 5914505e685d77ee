/// Makes the words of an automaton from secrets: each as text, in Base64 at each of its three places, and in hexadecimal.
struct SpellingBuilder {
  private enum Kind: Hashable { case text, base64, hexadecimal }

  private struct Key: Hashable {
    let kind: Kind
    let bytes: [UInt8]
  }

  private(set) var table = SpellingTable()
  private(set) var words: [[SpellingTable.Start]] = []
  private var starts: [Key: SpellingTable.Start] = [:]
  private var known: Set<[UInt8]> = []

  /// Bytes of a line of a longer secret that is a secret by itself.
  private static let line = 8

  mutating func add(_ secret: [UInt8]) {
    guard known.insert(secret).inserted else { return }
    word(.text, Self.characters(secret))
    word(.hexadecimal, secret.map { [$0] })
    base64(secret)
    let escaped = Self.escaped(secret)
    if escaped != secret { base64(escaped) }
    // Base64 of what holds it in Base64, as secrets of clusters have it.
    base64(Array(Base64Text.encode(secret).utf8))
    for line in secret.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) where line.count >= Self.line && line.count < secret.count {
      add(Array(line))
    }
  }

  private mutating func word(_ kind: Kind, _ characters: [[UInt8]]) {
    words.append(
      characters.map { bytes in
        let key = Key(kind: kind, bytes: bytes)
        if let start = starts[key] { return start }
        let made =
          switch kind {
          case .text: table.text(bytes)
          case .base64: table.text(bytes, isBase64: true)
          case .hexadecimal: table.hexadecimal(bytes[0])
          }
        starts[key] = made
        return made
      })
  }

  /// Base64 of a longer text holds that of its middle at one of three places, without the first and last characters.
  private mutating func base64(_ bytes: [UInt8]) {
    for shift in 0..<3 {
      let coded = Array(Base64Text.encode([UInt8](repeating: 0, count: shift) + bytes).utf8)
      let last = (bytes.count + shift) % 3
      let end = coded.count - (last == 0 ? 0 : (last == 1 ? 3 : 2))
      let begin = [0, 2, 3][shift]
      // Where nothing follows, the last letters are known as well.
      let ends = last == 0 ? [end] : [end, coded.count - (3 - last)]
      for end in ends where end - begin >= SecretMask.shortest { word(.base64, coded[begin..<end].map { [$0] }) }
    }
  }

  /// UTF-8 of each character; a byte that is none stands alone.
  private static func characters(_ bytes: [UInt8]) -> [[UInt8]] {
    var out: [[UInt8]] = []
    var rest = bytes[...]
    while let first = rest.first {
      let length = first < 0xC0 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
      let piece = Array(rest.prefix(length))
      let isWhole = Array(String(decoding: piece, as: UTF8.self).utf8) == piece
      out.append(isWhole ? piece : [first])
      rest = rest.dropFirst(isWhole ? length : 1)
    }
    return out
  }

  /// Within a text of JSON.
  private static func escaped(_ secret: [UInt8]) -> [UInt8] {
    let letters: [UInt8: String] = [0x22: "\\\"", 0x5C: "\\\\", 0x0A: "\\n", 0x0D: "\\r", 0x09: "\\t"]
    return secret.flatMap { byte -> [UInt8] in
      if let letter = letters[byte] { return Array(letter.utf8) }
      guard byte < 0x20 else { return [byte] }
      let digits = String(byte, radix: 16)
      return Array(("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8)
    }
  }
}
