extension RunValue {
  /// A value of JSON as a server sent it: texts byte by byte, whole numbers whole. Nil for what is no JSON, or too deep.
  public init?(json: JSONScan.Slice, depth: Int = 0) {
    guard depth < 16, let first = json.first(where: { $0 > 0x20 }) else { return nil }
    switch first {
    case UInt8(ascii: "\""):
      guard let bytes = JSONScan.string(json) else { return nil }
      self = .text(String(decoding: bytes, as: UTF8.self))
    case UInt8(ascii: "["):
      guard let items = JSONScan.array(json) else { return nil }
      let values = items.compactMap { RunValue(json: $0, depth: depth + 1) }
      guard values.count == items.count else { return nil }
      self = .list(values)
    case UInt8(ascii: "{"):
      guard let fields = JSONScan.object(json) else { return nil }
      let values = fields.compactMapValues { RunValue(json: $0, depth: depth + 1) }
      guard values.count == fields.count else { return nil }
      self = .map(values)
    default:
      switch String(decoding: json, as: UTF8.self).filter({ !$0.isWhitespace }) {
      case "null": self = .null
      case "true": self = .bool(true)
      case "false": self = .bool(false)
      case let text:
        if let whole = Int(text) {
          self = .int(whole)
        } else if let number = Double(text), number.isFinite {
          self = .number(number)
        } else {
          return nil
        }
      }
    }
  }
}
