public import OpsModel

/// A line of an audit file, read again.
public struct AuditLine: Sendable {
  public let text: String
  private let fields: [String: String]

  init(_ text: String) {
    self.text = text
    var fields: [String: String] = [:]
    for (key, slice) in JSONScan.object(Array(text.utf8)) ?? [:] {
      fields[key] = JSONScan.string(slice).map { String(decoding: $0, as: UTF8.self) } ?? String(decoding: slice, as: UTF8.self)
    }
    self.fields = fields
  }

  public var sequence: Int? { fields["seq"].flatMap { Int($0) } }
  public var hash: String? { fields["hash"] }
  var previous: String? { fields["prev"] }

  /// A field for showing; nil where it is not there or `null`.
  public func field(_ name: String) -> SafeText? {
    guard let value = fields[name], value != "null" else { return nil }
    return SafeText(escaping: value, limit: 2000)
  }

  /// Names of all fields, in order.
  public var names: [String] { fields.keys.sorted() }

  /// A field as it stands; what is shown goes through `field`.
  public func raw(_ name: String) -> String? { fields[name] }

  /// Whether hash and chain hold.
  func holds(after previous: String?) -> Bool {
    guard let hash, let own = self.previous, previous == nil || previous == own else { return false }
    guard let at = text.range(of: ",\"hash\":\"\(hash)\"") else { return false }
    return AuditRecord.hash(of: String(text[..<at.lower] + text[at.upper...]), after: own) == hash
  }
}
