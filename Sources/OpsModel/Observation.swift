/// What one poll of one source returned: typed rows per facet, when, and how long it took.
public struct Observation: Sendable {
  public let source: SafeText
  public var at: Moment
  /// Seconds from the first byte sent to the last byte read.
  public var took: Double
  public var queues: [QueueState] = []
  public var workers: [WorkerState] = []
  public var sessions: [SessionState] = []
  public var server: ServerState?
  /// Who waits for whom; nil where it was not asked.
  public var locks: LockTree?
  /// Counters of statements over the last hour; nil where the server has none.
  public var statements: StatementLog?
  /// What ails a database server beside its sessions, read less often.
  public var health: DatabaseHealth?
  /// Processes with the numbers of their runtimes.
  public var runtimes: [RuntimeState] = []
  /// The machine itself.
  public var host: HostState?
  public var alerts: [AlertState] = []
  public var silences: [SilenceState] = []
  public var rules: [AlertRule] = []
  /// Dead letters of the whole source, where the system does not tell them by queue.
  public var dead: Int?
  /// Failures as they were heard.
  public var feed: FailureFeed?
  /// Tasks that workers hold, over all queues of the source.
  public var inFlight: Int?
  /// Seconds since the oldest of them was handed out.
  public var oldestInFlight: Double?
  /// Other consoles at the server; nil where it can not be told.
  public var company: [Presence]?
  /// Why nothing could be changed there; nil where it could, and where it is not known.
  public var lookOnly: LookOnly?
  /// What the panels must say beside the numbers: a missing privilege, a suspended system, a cut list.
  public var notices: [Notice] = []
  /// Facets this source answers for, also where the list is empty.
  public var facets: Set<Facet>

  public init(source: SafeText, at: Moment, took: Double, facets: Set<Facet>) {
    self.source = source
    self.at = at
    self.took = took
    self.facets = facets
  }
}

/// A kind of row that an observation may hold.
public enum Facet: String, Hashable, Sendable, CaseIterable, Codable {
  case queues, workers, sessions, statements, locks, servers, runtimes, alerts
}

/// A sentence that stands beside the numbers of a source.
public struct Notice: Hashable, Sendable, Codable {
  public let severity: Severity
  public let text: SafeText

  public init(_ severity: Severity, _ text: SafeText) {
    self.severity = severity
    self.text = text
  }
}
