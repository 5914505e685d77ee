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
  public func rendered() -> String {
    var out = ""
    write(into: &out, level: 0)
    return out + "\n"
  }

  /// The document in one line, without blanks and without a line end.
  public func compact() -> String {
    var out = ""
    writeCompact(into: &out)
    return out
  }

  private func writeCompact(into out: inout String) {
    switch self {
    case .array(let values):
      out += "["
      for (index, value) in values.enumerated() {
        if index > 0 { out += "," }
        value.writeCompact(into: &out)
      }
      out += "]"
    case .object(let pairs): Self.compactPairs(pairs.map { (SafeText(stringLiteral: $0.0), $0.1) }, into: &out)
    case .map(let pairs): Self.compactPairs(pairs, into: &out)
    default: write(into: &out, level: 0)
    }
  }

  private static func compactPairs(_ pairs: [(SafeText, JSONText)], into out: inout String) {
    out += "{"
    for (index, pair) in pairs.enumerated() {
      if index > 0 { out += "," }
      quote(pair.0.text, into: &out)
      out += ":"
      pair.1.writeCompact(into: &out)
    }
    out += "}"
  }

  private func write(into out: inout String, level: Int) {
    switch self {
    case .null: out += "null"
    case .bool(let value): out += value ? "true" : "false"
    case .int(let value): out += String(value)
    case .number(let value): out += Self.number(value)
    case .text(let value): Self.quote(value.text, into: &out)
    case .array(let values):
      Self.list(values, "[", "]", level, into: &out) { value, out in value.write(into: &out, level: level + 1) }
    case .object(let pairs):
      Self.list(pairs, "{", "}", level, into: &out) { pair, out in
        out += "\"\(pair.0)\": "
        pair.1.write(into: &out, level: level + 1)
      }
    case .map(let pairs):
      Self.list(pairs, "{", "}", level, into: &out) { pair, out in
        Self.quote(pair.0.text, into: &out)
        out += ": "
        pair.1.write(into: &out, level: level + 1)
      }
    }
  }

  private static func list<Element>(
    _ elements: [Element], _ open: String, _ close: String, _ level: Int, into out: inout String, _ write: (Element, inout String) -> Void
  ) {
    guard !elements.isEmpty else {
      out += open + close
      return
    }
    out += open
    for (index, element) in elements.enumerated() {
      out += (index == 0 ? "\n" : ",\n") + String(repeating: "  ", count: level + 1)
      write(element, &out)
    }
    out += "\n" + String(repeating: "  ", count: level) + close
  }

  /// Milliseconds are fine enough for every number we print.
  private static func number(_ value: Double) -> String {
    guard value.isFinite else { return "null" }
    guard abs(value) < 1e15 else { return String(value) }
    let rounded = (value * 1e6).rounded() / 1e6
    if rounded == rounded.rounded() { return String(Int(rounded)) }
    return String(rounded)
  }

  private static func quote(_ text: String, into out: inout String) {
    out += "\""
    for unit in text.utf16 {
      switch unit {
      case 0x22: out += "\\\""
      case 0x5C: out += "\\\\"
      case 0x20..<0x7F: out.unicodeScalars.append(Unicode.Scalar(UInt8(unit)))
      default:
        let digits = String(unit, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }
    }
    out += "\""
  }
}
