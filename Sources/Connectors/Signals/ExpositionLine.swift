/// One line of an exposition: `name{label="value",…} value [time] [# exemplar]`, or with the name in quotes inside the braces.
struct ExpositionLine {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var place = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  var peek: UInt8? { place < bytes.count ? bytes[place] : nil }

  mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || byte == 0x09 { place += 1 }
  }

  private mutating func take(_ sign: UInt8) -> Bool {
    guard peek == sign else { return false }
    place += 1
    return true
  }

  /// Nil where the line can not be read; an inner nil where nobody wants it.
  mutating func sample(wants: (Substring) -> Bool) -> MetricSample?? {
    var name = word(isName: true)
    skipSpace()
    var labels: [(name: String, value: String)] = []
    if take(UInt8(ascii: "{")) {
      // Whether labels are worth making is known before them, but for names in quotes.
      let isWanted = name.isEmpty || wants(Substring(name))
      guard let found = self.labels(isWanted: isWanted) else { return nil }
      labels = found.labels
      if let quoted = found.name { name = name.isEmpty ? quoted : name }
    }
    guard !name.isEmpty, let value = number() else { return nil }
    guard tail() else { return nil }
    return .some(wants(Substring(name)) ? MetricSample(name: name, labels: labels, value: value) : nil)
  }

  private mutating func word(isName: Bool) -> String {
    let start = place
    while let byte = peek, Self.isWord(byte) || (isName && byte == UInt8(ascii: ":")) { place += 1 }
    if start < place, bytes[start] >= 48, bytes[start] <= 57 { return "" }
    return String(decoding: bytes[start..<place], as: UTF8.self)
  }

  static func isWord(_ byte: UInt8) -> Bool {
    (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte) || byte == 95
  }

  private mutating func labels(isWanted: Bool) -> (name: String?, labels: [(name: String, value: String)])? {
    var out: [(name: String, value: String)] = []
    var metric: String?
    while true {
      skipSpace()
      if take(UInt8(ascii: "}")) { return (metric, out) }
      let key: String
      if peek == UInt8(ascii: "\"") {
        guard let quoted = quoted(isWanted: true) else { return nil }
        skipSpace()
        // A quoted text without a value is the metric's name.
        if peek == UInt8(ascii: ",") || peek == UInt8(ascii: "}") {
          guard metric == nil else { return nil }
          metric = quoted
          _ = take(UInt8(ascii: ","))
          continue
        }
        key = quoted
      } else {
        key = word(isName: false)
        if key.isEmpty { return nil }
        skipSpace()
      }
      guard take(UInt8(ascii: "=")) else { return nil }
      skipSpace()
      guard let value = quoted(isWanted: isWanted) else { return nil }
      if isWanted { out.append((key, value)) }
      skipSpace()
      if take(UInt8(ascii: ",")) { continue }
      guard peek == UInt8(ascii: "}") else { return nil }
    }
  }

  private mutating func quoted(isWanted: Bool) -> String? {
    guard take(UInt8(ascii: "\"")) else { return nil }
    let start = place
    var hasEscape = false
    while let byte = peek, byte != UInt8(ascii: "\"") {
      if byte == UInt8(ascii: "\\") {
        hasEscape = true
        place += 1
      }
      place += 1
    }
    guard place < bytes.count else { return nil }
    let end = place
    place += 1
    guard isWanted else { return "" }
    if !hasEscape { return String(decoding: bytes[start..<end], as: UTF8.self) }
    return String(decoding: Self.unescaped(bytes[start..<end]), as: UTF8.self)
  }

  /// `\\`, `\"` and `\n`; of any other the character behind it stays.
  private static func unescaped(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> [UInt8] {
    var out: [UInt8] = []
    var isEscape = false
    for byte in text {
      if isEscape {
        out.append(byte == UInt8(ascii: "n") ? 0x0A : byte)
        isEscape = false
      } else if byte == UInt8(ascii: "\\") {
        isEscape = true
      } else {
        out.append(byte)
      }
    }
    return out
  }

  private mutating func number() -> Double? {
    skipSpace()
    let start = place
    while let byte = peek, byte != 0x20, byte != 0x09 { place += 1 }
    return Self.number(bytes[start..<place])
  }

  static func number(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Double? {
    guard let first = text.first, text.count <= 64 else { return nil }
    let plain = String(decoding: text, as: UTF8.self)
    // Whole numbers are most of them.
    if text.count < 16, let whole = Int(plain) { return Double(whole) }
    let isNumber = (48...57).contains(first) || first == 43 || first == 45 || first == 46
    if isNumber, let value = Double(plain) { return value }
    switch plain.lowercased() {
    case "nan": return .nan
    case "+inf", "inf", "+infinity", "infinity": return .infinity
    case "-inf", "-infinity": return -.infinity
    default: return nil
    }
  }

  /// A time may follow, and an exemplar.
  private mutating func tail() -> Bool {
    skipSpace()
    guard let byte = peek else { return true }
    if byte == UInt8(ascii: "#") { return true }
    guard number() != nil else { return false }
    skipSpace()
    return peek == nil || peek == UInt8(ascii: "#")
  }
}
