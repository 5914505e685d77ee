/// One server process of PostgreSQL (`pg_stat_activity`). Ages are reckoned on the server, in seconds.
public struct SessionState: Hashable, Sendable {
  public let id: ResourceID
  public let pid: Int
  public var database: SafeText?
  public var user: SafeText?
  public var application: SafeText?
  public var client: SafeText?
  /// `client backend`, `autovacuum worker`, …; nil where the role may not see it.
  public var backendType: SafeText?
  /// `active`, `idle in transaction (aborted)`, …; nil where the role may not see it.
  public var state: SafeText?
  public var waitType: SafeText?
  public var waitEvent: SafeText?
  public var transactionAge: Double?
  public var queryAge: Double?
  public var stateAge: Double?
  public var query: SafeText?
  /// Pids this session waits for.
  public var blockedBy: [Int] = []
  /// How many sessions wait for this one, directly or behind others.
  public var blocks = 0
  /// Leader of a parallel query.
  public var leader: Int?
  /// The role may not see what this session does.
  public var isHidden = false

  public init(id: ResourceID, pid: Int) {
    self.id = id
    self.pid = pid
  }

  public var isActive: Bool { state?.text == "active" }
  public var isIdleInTransaction: Bool { state?.text.hasPrefix("idle in transaction") ?? false }

  /// The age that matters in this state: running time when active, else how long it has been idle.
  public var relevantAge: Double? {
    if isActive { return queryAge }
    return isIdleInTransaction ? transactionAge : stateAge
  }
}
