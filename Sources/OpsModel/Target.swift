/// One thing an operation is meant for: where it lies, what the system calls it, and what it looked like when it was chosen.
public struct Target: Hashable, Sendable {
  /// The set it lies in, as the connector names it: a queue, `dead`, `retry`, `unacked`.
  public let scope: [UInt8]
  public let key: [UInt8]
  public let version: Version
  /// Where it stands in its set, such as the score; not compared.
  public let position: Double

  public init(scope: [UInt8], key: [UInt8], version: Version, position: Double = 0) {
    self.scope = scope
    self.key = key
    self.version = version
    self.position = position
  }

  /// What it is called, as scripts write it: the key of a session holds a zero byte.
  public func shown(limit: Int) -> SafeText {
    let isSession = scope == Array("session".utf8) || scope == Array("statement".utf8)
    return (isSession ? SessionTarget(key: key)?.word : nil) ?? SafeText(bytes: key, limit: limit)
  }

  /// The identity of a thing in a set: set and key with a zero byte between them.
  public static func identity(source: SafeText, kind: ResourceID.Kind, scope: [UInt8], key: [UInt8]) -> ResourceID {
    ResourceID(source: source, kind: kind, key: scope + [0] + key)
  }

  /// Set and key of an identity made by `identity`.
  public static func parts(of id: ResourceID) -> (scope: [UInt8], key: [UInt8]) {
    guard let split = id.key.firstIndex(of: 0) else { return ([], id.key) }
    return (Array(id.key[..<split]), Array(id.key[(split + 1)...]))
  }
}
