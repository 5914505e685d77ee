import OpsModel

extension RunValue {
  /// JSON from which the same value comes back. Text goes as base64 where escaping for people would change it: what a run was given must
  /// be what it goes on with.
  var exact: JSONText {
    switch self {
    case .text(let text):
      let shown = SafeText(escaping: text, limit: .max)
      if shown.text.utf8.elementsEqual(text.utf8) { return .text(shown) }
      return .map([("$base64", .text(SafeText(escaping: Base64Text.encode(Array(text.utf8)), limit: .max)))])
    case .list(let list): return .array(list.map(\.exact))
    case .map(let map):
      return .map(map.sorted { $0.key < $1.key }.map { (SafeText(escaping: Self.plain($0.key), limit: .max), $0.value.exact) })
    case .number(let number): return .map([("$number", .text(SafeText(escaping: "\(number)")))])
    default: return json
    }
  }

  /// A key of a server's that looks like one of ours gets another dollar sign.
  private static func plain(_ key: String) -> String { key.hasPrefix("$") ? "$" + key : key }

  /// - Returns: nil for what `exact` does not write.
  static func exact(_ json: JSONScan.Slice, depth: Int = 0) -> RunValue? {
    guard depth < 32, let first = json.first(where: { $0 > 0x20 }) else { return nil }
    switch first {
    case UInt8(ascii: "\""): return JSONScan.string(json).map { .text(String(decoding: $0, as: UTF8.self)) }
    case UInt8(ascii: "["):
      guard let items = JSONScan.array(json) else { return nil }
      let values = items.compactMap { exact($0, depth: depth + 1) }
      return values.count == items.count ? .list(values) : nil
    case UInt8(ascii: "{"):
      guard let fields = JSONScan.object(json) else { return nil }
      if let coded = fields["$base64"].flatMap({ JSONScan.string($0) }) {
        return Base64Text.decode(coded).map { .text(String(decoding: $0, as: UTF8.self)) }
      }
      if let number = fields["$number"].flatMap({ JSONScan.string($0) }) {
        return Double(String(decoding: number, as: UTF8.self)).map { .number($0) }
      }
      var values: [String: RunValue] = [:]
      for (key, field) in fields {
        guard let value = exact(field, depth: depth + 1) else { return nil }
        values[key.hasPrefix("$$") ? String(key.dropFirst()) : key] = value
      }
      return .map(values)
    default:
      switch String(decoding: json, as: UTF8.self) {
      case "null": return .null
      case "true": return .bool(true)
      case "false": return .bool(false)
      case let text: return Int(text).map { .int($0) }
      }
    }
  }
}
