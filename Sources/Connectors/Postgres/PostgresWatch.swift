import OpsModel
import Synchronization

/// What is remembered of a server from poll to poll. Used on the link's queue only, which is why it may be handed there.
final class PostgresWatch: @unchecked Sendable {
  /// Seconds between two looks at what changes slowly: statements, replication, vacuum.
  static let slowInterval = 10.0
  /// The same of the counters of statements, while somebody looks at them, and while nobody does: five thousand of them cost the server as
  /// much as a dozen polls.
  static let statementInterval = 20.0
  static let unseenInterval = 60.0
  /// Seconds for which a sign of attention holds.
  static let attentionSpan = 35.0
  /// The same where these looks themselves take more than `slowLimit` seconds: the sessions must not wait for them.
  static let rareInterval = 60.0
  static let slowLimit = 1.0

  private let source: SafeText
  private let clock: any OpsClock
  /// Everything at every poll, for scripts that look once or twice.
  private let isEager: Bool
  private let cores: Int?
  private(set) var facts: PostgresFacts?
  private var statements: StatementReader?
  private var health: HealthReader?
  private var lastHealth: DatabaseHealth?
  private var slowAt: Moment?
  private var slowPause = PostgresWatch.slowInterval
  private var statementsAt: Moment?
  private var looks = 0
  private let attendedAt = Mutex<Moment?>(nil)
  private var startedAt: Double?
  private var gaps: [Notice] = []

  /// Another account acts: of its rights nothing is known here.
  private let hasOwnWriter: Bool

  init(source: SafeText, clock: any OpsClock, isEager: Bool, cores: Int?, hasOwnWriter: Bool = false) {
    self.hasOwnWriter = hasOwnWriter
    self.source = source
    self.clock = clock
    self.isEager = isEager
    self.cores = cores
  }

  /// Called from anywhere.
  func attend() { attendedAt.withLock { $0 = clock.now() } }

  func read(_ connection: PostgresConnection, began: Moment) throws(Failure) -> Observation {
    let isNew = try connection.open()
    if isNew || facts == nil { try meet(connection) }
    guard let facts else { throw .garbage("no row about the server") }
    var sessions = ActivityReader(source: source).sessions(try connection.polled(ActivitySQL.sessions(version: facts.version)))
    ActivityReader.fold(&sessions)
    guard let counters = try connection.polled(ActivitySQL.counters(version: facts.version)).first.flatMap({ ActivityCounters($0) }) else {
      throw .garbage("a row of counters of another shape")
    }
    let locks = try LockReader(source: source, version: facts.version).read(connection, &sessions, seesAll: facts.seesAll)
    try slow(connection, counters)
    var out = observation(facts, sessions, counters, locks, began)
    if let wait = try SyncWaitReader.read(connection, sessions, seesAll: facts.seesAll) {
      out.server?.syncWait = wait
      out.notices.insert(Notice(.critical, wait.words), at: 0)
    }
    return out
  }

  /// After a new connection another server may stand there: what was counted before is compared with nothing.
  private func meet(_ connection: PostgresConnection) throws(Failure) {
    let before = facts
    facts = nil
    let met = try PostgresFacts.read(connection)
    let isSame = before.map { $0.startedAt == met.startedAt && $0.version == met.version && Self.same($0, met) } ?? false
    facts = met
    if !isSame || statements == nil {
      statements = StatementReader(facts: met)
      health = HealthReader(facts: met)
      lastHealth = nil
      slowAt = nil
      statementsAt = nil
    }
  }

  /// Whether the extension is still the one it was.
  private static func same(_ old: PostgresFacts, _ new: PostgresFacts) -> Bool {
    old.statements?.schema == new.statements?.schema && old.statements.map { "\($0.version)" } == new.statements.map { "\($0.version)" }
  }

  /// Who is no member of pg_signal_backend may signal sessions of his own role, and here there are none.
  private func lookOnly(_ facts: PostgresFacts, _ sessions: [SessionState]) -> LookOnly? {
    guard !hasOwnWriter, !facts.isSuperuser, !facts.canSignal else { return nil }
    let own = sessions.contains { $0.user == facts.role && $0.application.flatMap { Presence(name: $0.text) } == nil }
    return own ? nil : LookOnly("role \(facts.role) may not signal sessions: GRANT pg_signal_backend TO \(facts.role)", isFault: false)
  }

  /// What costs more and changes slowly. A part that is refused says so, and does not take the sessions with it.
  private func slow(_ connection: PostgresConnection, _ counters: ActivityCounters) throws(Failure) {
    let now = clock.now()
    let isDue = slowAt.map { now.age(since: $0) >= slowPause - 0.5 } ?? true
    if isDue || isEager {
      slowAt = now
      gaps = []
      lastHealth = try health?.read(connection, counters, at: now)
    }
    if statementsAreDue(now) || isEager {
      statementsAt = now
      looks += 1
      do throws(Failure) { try statements?.read(connection, counters, at: now) } catch {
        guard connection.isOpen else { throw error }
        gaps.append(Notice(.warning, "statements could not be read: \(error.what)"))
      }
    }
    let took = clock.now().age(since: now)
    guard slowAt == now || statementsAt == now else { return }
    slowPause = took > Self.slowLimit ? Self.rareInterval : Self.slowInterval
    if took > Self.slowLimit {
      gaps.append(Notice(.warning, "statements and health took \(Units.duration(took)) to read: asked for once a minute"))
    }
  }

  /// Two looks soon after each other, so that there is a window; then as often as somebody looks.
  private func statementsAreDue(_ now: Moment) -> Bool {
    guard let statementsAt else { return true }
    let age = now.age(since: statementsAt) + 0.5
    if slowPause > Self.slowInterval { return age >= Self.rareInterval }
    if looks < 2 { return age >= Self.slowInterval }
    let isSeen = attendedAt.withLock { $0.map { now.age(since: $0) < Self.attentionSpan } ?? false }
    return age >= (isSeen ? Self.statementInterval : Self.unseenInterval)
  }

  private func observation(
    _ facts: PostgresFacts, _ sessions: [SessionState], _ counters: ActivityCounters, _ locks: LockTree, _ began: Moment
  ) -> Observation {
    var out = Observation(source: source, at: began, took: 0, facets: [.sessions, .locks, .servers])
    out.sessions = sessions
    out.locks = locks
    out.health = lastHealth
    if facts.statements != nil {
      out.facets.insert(.statements)
      out.statements = statements?.log
    }
    var server = ServerState(product: facts.product)
    server.role = counters.isStandby ? .standby : .primary
    server.uptime = counters.uptime
    server.connections = sessions.filter(ActivityReader.holdsSlot).count + 1
    server.connectionLimit = facts.limit
    server.cores = cores
    out.server = server
    out.lookOnly = lookOnly(facts, sessions)
    out.notices = facts.notices + gaps
    if let failure = statements?.textFailure {
      out.notices.append(Notice(.warning, "texts of statements could not be read: \(failure.what); tried again in ten minutes"))
    }
    return out
  }
}
