/// JSON as the program prints it: ASCII only, keys in the order given, numbers finite, unknown as `null`.
///
/// Text can only be `SafeText`, so that nothing raw leaves by this road either.
public indirect enum JSONText: Sendable {
  case null
  case bool(Bool)
  case int(Int)
  case number(Double)
  case text(SafeText)
  case array([JSONText])
  case object([(StaticString, JSONText)])
  /// An object whose keys come from outside.
  case map([(SafeText, JSONText)])

  public static func optional(_ value: Int?) -> JSONText { value.map { .int($0) } ?? .null }
  public static func optional(_ value: Double?) -> JSONText { value.map { .number($0) } ?? .null }
  public static func optional(_ value: SafeText?) -> JSONText { value.map { .text($0) } ?? .null }
  public static func optional(_ value: Bool?) -> JSONText { value.map { .bool($0) } ?? .null }

  /// The document, with two spaces per level.
  public func rendered() -> String { String(decoding: renderedBytes(), as: UTF8.self) }

  /// The same as bytes, for documents of megabytes.
  public func renderedBytes() -> [UInt8] {
    var out: [UInt8] = []
    write(into: &out, level: 0)
    out.append(0x0A)
    return out
  }

  /// The document in one line, without blanks and without a line end.
  public func compact() -> String {
    var out: [UInt8] = []
    writeCompact(into: &out)
    return String(decoding: out, as: UTF8.self)
  }

  private func writeCompact(into out: inout [UInt8]) {
    switch self {
    case .array(let values):
      out.append(UInt8(ascii: "["))
      for (index, value) in values.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        value.writeCompact(into: &out)
      }
      out.append(UInt8(ascii: "]"))
    case .object(let pairs): Self.compactPairs(pairs, into: &out) { Self.key($0, into: &$1) }
    case .map(let pairs): Self.compactPairs(pairs, into: &out) { Self.quote($0.text, into: &$1) }
    default: write(into: &out, level: 0)
    }
  }

  private static func compactPairs<Key>(
    _ pairs: [(Key, JSONText)], into out: inout [UInt8], _ writeKey: (Key, inout [UInt8]) -> Void
  ) {
    out.append(UInt8(ascii: "{"))
    for (index, pair) in pairs.enumerated() {
      if index > 0 { out.append(UInt8(ascii: ",")) }
      writeKey(pair.0, &out)
      out.append(UInt8(ascii: ":"))
      pair.1.writeCompact(into: &out)
    }
    out.append(UInt8(ascii: "}"))
  }

  /// Keys of ours need no escaping.
  private static func key(_ name: StaticString, into out: inout [UInt8]) {
    out.append(UInt8(ascii: "\""))
    out.append(contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    out.append(UInt8(ascii: "\""))
  }

  private func write(into out: inout [UInt8], level: Int) {
    switch self {
    case .null: out += "null".utf8
    case .bool(let value): out += (value ? "true" : "false").utf8
    case .int(let value): out += String(value).utf8
    case .number(let value): out += Self.number(value).utf8
    case .text(let value): Self.quote(value.text, into: &out)
    case .array(let values):
      Self.list(values, "[]", level, into: &out) { value, out in value.write(into: &out, level: level + 1) }
    case .object(let pairs):
      Self.list(pairs, "{}", level, into: &out) { pair, out in
        Self.key(pair.0, into: &out)
        out += ": ".utf8
        pair.1.write(into: &out, level: level + 1)
      }
    case .map(let pairs):
      Self.list(pairs, "{}", level, into: &out) { pair, out in
        Self.quote(pair.0.text, into: &out)
        out += ": ".utf8
        pair.1.write(into: &out, level: level + 1)
      }
    }
  }

  /// - Parameter ends: what opens and closes it.
  private static func list<Element>(
    _ elements: [Element], _ ends: String, _ level: Int, into out: inout [UInt8], _ write: (Element, inout [UInt8]) -> Void
  ) {
    guard !elements.isEmpty else {
      out += ends.utf8
      return
    }
    out += ends.utf8.prefix(1)
    for (index, element) in elements.enumerated() {
      if index > 0 { out.append(UInt8(ascii: ",")) }
      out.append(0x0A)
      for _ in 0...level { out += "  ".utf8 }
      write(element, &out)
    }
    out.append(0x0A)
    for _ in 0..<level { out += "  ".utf8 }
    out += ends.utf8.suffix(1)
  }

  /// Milliseconds are fine enough for every number we print.
  private static func number(_ value: Double) -> String {
    guard value.isFinite else { return "null" }
    guard abs(value) < 1e15 else { return String(value) }
    let rounded = (value * 1e6).rounded() / 1e6
    if rounded == rounded.rounded() { return String(Int(rounded)) }
    return String(rounded)
  }

  private static func quote(_ text: String, into out: inout [UInt8]) {
    out.append(UInt8(ascii: "\""))
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) {
      out += text.utf8
    } else {
      for unit in text.utf16 { escape(unit, into: &out) }
    }
    out.append(UInt8(ascii: "\""))
  }

  private static func escape(_ unit: UInt16, into out: inout [UInt8]) {
    switch unit {
    case 0x22: out += "\\\"".utf8
    case 0x5C: out += "\\\\".utf8
    case 0x20..<0x7F: out.append(UInt8(unit))
    default:
      let digits = String(unit, radix: 16)
      out += "\\u".utf8
      for _ in 0..<(4 - digits.count) { out.append(UInt8(ascii: "0")) }
      out += digits.utf8
    }
  }
}
