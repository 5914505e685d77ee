/// All texts of a JSON document, keys left out, as they were before they were escaped.
public enum JSONStrings {
  /// - Returns: nil where the bytes are no JSON.
  public static func values(_ bytes: [UInt8]) -> [String]? {
    var tokens = JSONTokens(bytes)
    var out: [String] = []
    while let token = tokens.next() {
      switch token {
      case .string(let text): out.append(String(decoding: JSONScan.string(text) ?? [], as: UTF8.self))
      case .end: return out
      default: break
      }
    }
    return nil
  }
}
