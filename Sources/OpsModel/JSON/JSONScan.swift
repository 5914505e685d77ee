/// Finds parts of JSON bytes without turning them into values: numbers keep their digits, and nothing is built that was not asked for.
///
/// Nesting is limited to 64 levels. Malformed text yields nil and never a crash.
public enum JSONScan {
  public typealias Slice = ArraySlice<UInt8>

  static let depthLimit = 64

  /// The values of an object's keys, as they stand in the text.
  public static func object(_ text: [UInt8]) -> [String: Slice]? { object(text[...]) }

  public static func object(_ text: Slice) -> [String: Slice]? {
    var reader = Reader(text)
    reader.skipSpace()
    guard reader.take("{") else { return nil }
    var out: [String: Slice] = [:]
    reader.skipSpace()
    if reader.take("}") { return out }
    while true {
      reader.skipSpace()
      guard let key = reader.value(), let name = string(key) else { return nil }
      reader.skipSpace()
      guard reader.take(":") else { return nil }
      reader.skipSpace()
      guard let value = reader.value() else { return nil }
      out[String(decoding: name, as: UTF8.self)] = value
      reader.skipSpace()
      if reader.take("}") { return out }
      guard reader.take(",") else { return nil }
    }
  }

  /// The value of one key of an object: nothing is kept of the others. Of equal keys the last one counts, as in `object`.
  public static func member(_ text: [UInt8], _ key: String) -> Slice? {
    var reader = Reader(text[...])
    let wanted = Array(key.utf8)
    var found: Slice?
    reader.skipSpace()
    guard reader.take("{") else { return nil }
    while true {
      reader.skipSpace()
      guard let name = reader.value() else { return nil }
      reader.skipSpace()
      guard reader.take(":") else { return nil }
      reader.skipSpace()
      guard let value = reader.value() else { return nil }
      if name.count == wanted.count + 2, name.dropFirst().dropLast().elementsEqual(wanted) { found = value }
      reader.skipSpace()
      if reader.take("}") { return found }
      guard reader.take(",") else { return nil }
    }
  }

  public static func array(_ text: [UInt8]) -> [Slice]? { array(text[...]) }

  public static func array(_ text: Slice) -> [Slice]? {
    var reader = Reader(text)
    reader.skipSpace()
    guard reader.take("[") else { return nil }
    var out: [Slice] = []
    reader.skipSpace()
    if reader.take("]") { return out }
    while true {
      reader.skipSpace()
      guard let value = reader.value() else { return nil }
      out.append(value)
      reader.skipSpace()
      if reader.take("]") { return out }
      guard reader.take(",") else { return nil }
    }
  }

  /// The bytes of a JSON string; nil for other values, `null` among them.
  public static func string(_ value: Slice?) -> [UInt8]? {
    guard let value, value.first == UInt8(ascii: "\""), value.last == UInt8(ascii: "\""), value.count >= 2 else { return nil }
    let inner = value.dropFirst().dropLast()
    guard inner.contains(UInt8(ascii: "\\")) else { return Array(inner) }
    return unescaped(inner)
  }

  public static func number(_ value: Slice?) -> Double? { value.flatMap { Double(String(decoding: $0, as: UTF8.self)) } }

  /// Whether a value is `[]`, `{}` or `null`.
  public static func isEmpty(_ value: Slice) -> Bool {
    let text = String(decoding: value.filter { $0 > 0x20 }, as: UTF8.self)
    return text == "[]" || text == "{}" || text == "null"
  }

  private static func unescaped(_ inner: Slice) -> [UInt8]? {
    var out: [UInt8] = []
    var units = inner
    while let unit = units.popFirst() {
      guard unit == UInt8(ascii: "\\") else {
        out.append(unit)
        continue
      }
      guard let escape = units.popFirst() else { return nil }
      switch escape {
      case UInt8(ascii: "n"): out.append(0x0A)
      case UInt8(ascii: "r"): out.append(0x0D)
      case UInt8(ascii: "t"): out.append(0x09)
      case UInt8(ascii: "b"): out.append(0x08)
      case UInt8(ascii: "f"): out.append(0x0C)
      case UInt8(ascii: "u"): out += scalar(&units)
      default: out.append(escape)
      }
    }
    return out
  }

  /// `\u` and four digits, with its second half where it is a surrogate; a lone surrogate becomes U+FFFD.
  private static func scalar(_ units: inout Slice) -> [UInt8] {
    guard let first = hex(&units) else { return Array("\u{FFFD}".utf8) }
    if (0xD800..<0xDC00).contains(first), units.starts(with: Array("\\u".utf8)) {
      var rest = units.dropFirst(2)
      if let second = hex(&rest), (0xDC00..<0xE000).contains(second) {
        units = rest
        let value = 0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)
        return Unicode.Scalar(value).map { Array(String($0).utf8) } ?? []
      }
    }
    return Array(String(Unicode.Scalar(first) ?? "\u{FFFD}").utf8)
  }

  private static func hex(_ units: inout Slice) -> UInt32? {
    let digits = units.prefix(4)
    guard digits.count == 4, let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16) else { return nil }
    units = units.dropFirst(4)
    return value
  }

  private struct Reader {
    var rest: Slice

    init(_ text: Slice) { rest = text }

    mutating func skipSpace() {
      while let first = rest.first, first == 0x20 || first == 0x0A || first == 0x0D || first == 0x09 { rest = rest.dropFirst() }
    }

    mutating func take(_ sign: Unicode.Scalar) -> Bool {
      guard rest.first == UInt8(ascii: sign) else { return false }
      rest = rest.dropFirst()
      return true
    }

    /// One value as it stands, brackets balanced.
    mutating func value() -> Slice? {
      guard let length = rest.withUnsafeBufferPointer({ Self.length($0) }) else { return nil }
      return cut(rest.startIndex, rest.startIndex + length)
    }

    /// Bytes of the value at the beginning; nil where it is malformed or does not end.
    private static func length(_ text: UnsafeBufferPointer<UInt8>) -> Int? {
      var depth = 0
      var at = 0
      while at < text.count {
        switch text[at] {
        case UInt8(ascii: "\""):
          guard let end = stringEnd(text, at + 1) else { return nil }
          if depth == 0 { return end }
          at = end
          continue
        case UInt8(ascii: "["), UInt8(ascii: "{"):
          depth += 1
          if depth > depthLimit { return nil }
        case UInt8(ascii: "]"), UInt8(ascii: "}"):
          if depth == 0 { return at > 0 ? at : nil }
          depth -= 1
          if depth == 0 { return at + 1 }
        case UInt8(ascii: ","), 0x20, 0x0A, 0x0D, 0x09:
          if depth == 0 { return at > 0 ? at : nil }
        default: break
        }
        at += 1
      }
      return depth == 0 && at > 0 ? at : nil
    }

    /// The place behind the closing quote.
    private static func stringEnd(_ text: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int? {
      var at = start
      while at < text.count {
        if text[at] == UInt8(ascii: "\"") { return at + 1 }
        at += text[at] == UInt8(ascii: "\\") ? 2 : 1
      }
      return nil
    }

    private mutating func cut(_ start: Int, _ end: Int) -> Slice {
      let bounded = min(end, rest.endIndex)
      let value = rest[start..<bounded]
      rest = rest[bounded...]
      return value
    }
  }
}
