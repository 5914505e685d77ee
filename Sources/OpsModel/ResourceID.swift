/// Which thing is meant, whatever row it stands in: selection, marks and dialogs hold these.
public struct ResourceID: Hashable, Sendable, Comparable, Codable {
  public enum Kind: String, Hashable, Sendable, Codable {
    case source, queue, worker, session, server, task, deadLetter, deadGroup, orphan, record, statement, lock, finding, connections,
      runtime, cost, alert, silence, suspect, runbook, run, step
  }

  /// Name of the source as configured.
  public let source: SafeText
  public let kind: Kind
  /// The key by which the system itself knows the thing, in raw bytes: a queue name, a worker name, a pid with its start time.
  public let key: [UInt8]

  public init(source: SafeText, kind: Kind, key: [UInt8]) {
    self.source = source
    self.kind = kind
    self.key = key
  }

  public init(source: SafeText, kind: Kind, key: String) {
    self.init(source: source, kind: kind, key: Array(key.utf8))
  }

  /// By the key alone, in one go: it tells nearly all things from each other, and thousands are looked up with every poll.
  public func hash(into hasher: inout Hasher) {
    key.withUnsafeBytes { hasher.combine(bytes: $0) }
  }

  public static func < (left: ResourceID, right: ResourceID) -> Bool {
    if left.source != right.source { return left.source < right.source }
    if left.kind != right.kind { return left.kind.rawValue < right.kind.rawValue }
    return left.key.lexicographicallyPrecedes(right.key)
  }
}
