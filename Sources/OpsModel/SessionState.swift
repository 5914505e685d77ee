/// One server process of PostgreSQL (`pg_stat_activity`). Ages are reckoned on the server, in seconds.
public struct SessionState: Hashable, Sendable, Codable {
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
  /// Identifies the normalised statement, where the server computes it (14 and later).
  public var queryID: Int64?
  /// It has written, and holds a transaction id.
  public var isWriting = false
  /// Transactions since the oldest that it may still see: what it keeps vacuum from removing.
  public var horizonAge: Int?
  /// When the session and its latest statement began, exactly as the server printed it: actions compare these.
  public var startedAt: SafeText?
  public var queryStartedAt: SafeText?
  /// Workers of its parallel query that are folded into it.
  public var workers = 0
  /// Pids this session waits for.
  public var blockedBy: [Int] = []
  /// How many sessions wait for this one, directly or behind others.
  public var blocks = 0
  /// Leader of a parallel query.
  public var leader: Int?
  /// Where it is in its work; nil where the role may not see it.
  public var point: SessionPoint?
  /// The role may not see what this session does.
  public var isHidden = false

  public init(id: ResourceID, pid: Int) {
    self.id = id
    self.pid = pid
  }

  public var isActive: Bool { state?.text == "active" }
  /// What an active session waits for, as load is counted: a wait class, or the processor.
  public var loadClass: LoadClass? { isActive && leader == nil ? LoadClass(waitType: waitType) : nil }
  public var isIdleInTransaction: Bool { state?.text.hasPrefix("idle in transaction") ?? false }

  /// The age that matters in this state: running time when active, else how long it has been idle.
  public var relevantAge: Double? {
    if isActive { return queryAge }
    return isIdleInTransaction ? transactionAge : stateAge
  }
}
