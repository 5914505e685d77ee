/// Makes the words of an automaton from secrets: each as text, in Base64 at each of its three places, in hexadecimal and as numbers,
/// and the spellings of it that tools put into Base64 and hexadecimal (`SpellingForms`).
struct SpellingBuilder {
  private enum Kind: Hashable { case text, base64, letters, hexadecimal }

  private struct Key: Hashable {
    let kind: Kind
    let bytes: [UInt8]
  }

  private(set) var table = SpellingTable()
  private(set) var words: [[SpellingTable.Start]] = []
  private var starts: [Key: SpellingTable.Start] = [:]
  private var known: Set<[UInt8]> = []
  private var numbers: [UInt32: SpellingTable.Start] = [:]

  /// Bytes of a line of a longer secret that is a secret by itself.
  private static let line = 8

  mutating func add(_ secret: [UInt8]) {
    guard known.insert(secret).inserted else { return }
    word(.text, Self.characters(secret))
    let json = SpellingForms.json(secret)
    for form in Set([secret] + json) { base64(form, .base64) }
    let forms = Set([secret] + json + SpellingForms.coded(secret))
    let inner = Set(([secret] + json).flatMap { SpellingForms.base64($0) })
    for form in forms.subtracting([secret] + json) { base64(form, .letters) }
    for middle in Set(inner.flatMap { SpellingForms.stable($0) }) { word(.letters, middle.map { [$0] }) }
    for form in forms.union(inner) { word(.hexadecimal, form.map { [$0] }) }
    base64(Array(SpellingForms.hex(secret).utf8), .letters)
    base64(Array(SpellingForms.hex(secret).uppercased().utf8), .letters)
    decimal(secret.map { UInt32($0) })
    let points = String(decoding: secret, as: UTF8.self).unicodeScalars.map(\.value)
    if points.count != secret.count { decimal(points) }
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
          case .letters: table.letter(bytes[0])
          case .hexadecimal: table.hexadecimal(bytes[0])
          }
        starts[key] = made
        return made
      })
  }

  private mutating func decimal(_ list: [UInt32]) {
    guard list.count >= SecretMask.shortest else { return }
    words.append(
      list.map { number in
        let start = numbers[number] ?? table.decimal(number)
        numbers[number] = start
        return start
      })
  }

  private mutating func base64(_ bytes: [UInt8], _ kind: Kind) {
    for middle in SpellingForms.middles(bytes) { word(kind, middle.map { [$0] }) }
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
}
