import Gate
import OpsModel

/// Says what a signal would do, by looking at the very sessions it is meant for.
struct PostgresRehearsal {
  static let limit = 100

  let connection: PostgresConnection
  let facts: PostgresFacts
  let operation: Operation

  func run() throws(Failure) -> Rehearsal {
    switch operation.verb {
    case .cancel, .terminate: try signal()
    case .analyze: try analyze()
    default: throw .declined(.notOffered(operation.verb.rawValue, by: "PostgreSQL"))
    }
  }

  private func rehearsal(_ affected: Int, _ examined: Int, moves: SafeText, undo: SafeText, _ guarantee: Guarantee) -> Rehearsal {
    Rehearsal(
      affected: affected, examined: examined, moves: moves, undo: undo, guarantee: guarantee, place: connection.shown,
      account: facts.role, serverID: "\(facts.product) since \(Calendar.stamp(facts.startedAt))")
  }

  /// Of a session that is not signalled; the receipt says the same.
  static let gone: SafeText = "it has ended, or another session has its pid; nothing is sent"

  private func signal() throws(Failure) -> Rehearsal {
    guard operation.count <= Self.limit else { throw .declined(.tooManySessions(operation.count, limit: Self.limit)) }
    var found: [SignalTarget] = []
    var refused: [(reason: SafeText, count: Int)] = []
    for index in 0..<operation.targets.count {
      guard let target = SessionTarget(key: operation.targets[index].key), let now = try SignalTarget.look(target, connection) else {
        refused.append((Self.gone, 1))
        continue
      }
      if operation.verb == .cancel, let why = now.whyNotCancelled {
        refused.append(("\(now.name): \(why)", 1))
      } else if let why = whyNotAllowed(now) {
        throw why
      } else {
        found.append(now)
      }
    }
    var out = try describe(found, refused)
    if try connection.rows("select pg_is_in_recovery()").first?.isTrue(0) == true {
      out.warnings.append("this server is a standby: the signal ends work here alone, and its primary is not touched")
    }
    return out
  }

  private func describe(_ found: [SignalTarget], _ refused: [(reason: SafeText, count: Int)]) throws(Failure) -> Rehearsal {
    let isCancel = operation.verb == .cancel
    let behind = try PostgresWaiters.behind(found.map(\.target.pid), connection, facts)
    let standby = found.contains { $0.point?.waitsForStandby == true } ? try SyncWaitReader.standbys(connection) : ""
    let effects = found.map { SignalEffect(point: $0.point ?? .open, isCancel: isCancel, standby: standby) }
    var out = rehearsal(
      found.count, operation.count, moves: Self.action(found, effects, refused, isCancel: isCancel), undo: "none", .signal)
    out.target = Self.target(found, effects, behind)
    out.title = SafeText.join(
      [found.count == 1 ? found[0].short : Units.count(found.count, "session"), behind.short].compactMap { $0 }, ", ")
    out.standing = SafeText.join(zip(found, effects).map { "\($0.target.pid) \($1.point.standing)" }, ", ")
    out.refused = refused
    out.keeps = Self.once(effects.flatMap(\.keeps))
    out.loses = Self.once(effects.flatMap(\.loses))
    out.warnings = Self.once(zip(found, effects).flatMap { $1.warnings(isWriting: $0.isWriting) }) + warnings(found)
    out.commands = [SafeText(escaping: isCancel ? SignalSQL.cancel : SignalSQL.terminate(facts.version))]
    for session in found.prefix(3) { if let query = session.query { out.commands.append("its statement: \(query)") } }
    return out
  }

  private static func once(_ texts: [SafeText]) -> [SafeText] {
    var seen: Set<SafeText> = []
    return texts.filter { seen.insert($0).inserted }
  }

  /// `session 4312 admin-shell (app@shop), idle in transaction for 9m02s; 8 sessions wait behind it, 1 directly`
  private static func target(_ found: [SignalTarget], _ effects: [SignalEffect], _ behind: WaitersBehind) -> SafeText {
    guard !found.isEmpty else { return "no session is left of those that were chosen" }
    let names = zip(found, effects).prefix(5).map { session, effect in
      effect.standing.map { "\(session.name), \($0)" } ?? session.name
    }
    let more: SafeText = found.count > 5 ? " and \(found.count - 5) more" : ""
    let who: SafeText = "\(found.count == 1 ? "session" : Units.count(found.count, "session") + ":") \(SafeText.join(names, "; "))\(more)"
    return SafeText.join([who, behind.words].compactMap { $0 }, "; ")
  }

  private static func action(
    _ found: [SignalTarget], _ effects: [SignalEffect], _ refused: [(reason: SafeText, count: Int)], isCancel: Bool
  ) -> SafeText {
    guard !found.isEmpty else { return "nothing: \(refused.first?.reason ?? "no session is left of those that were chosen")" }
    let many = found.count > 1
    guard isCancel else { return many ? "ends these sessions" : "ends this session" }
    if effects.allSatisfy({ $0.point.waitsForStandby }) {
      return many ? "gives up their wait for a standby; the sessions stay" : "gives up its wait for a standby; the session stays"
    }
    return many ? "cancels their statements; the sessions stay" : "cancels its statement; the session stays"
  }

  private func warnings(_ found: [SignalTarget]) -> [SafeText] {
    var out: [SafeText] = []
    if found.contains(where: { $0.backendType == "autovacuum worker" }) {
      out.append("autovacuum starts again by itself; where it prevents wraparound it must")
    }
    if found.contains(where: { $0.backendType == "walsender" }) {
      out.append("a WAL sender: the signal ends the replication stream; its standby connects again at once")
    }
    return out
  }

  /// What the server would refuse, said before anybody confirms it.
  private func whyNotAllowed(_ session: SignalTarget) -> Failure? {
    if facts.isSuperuser { return nil }
    let verb: SafeText = operation.verb == .cancel ? "cancelling" : "ending"
    if session.isSuperusers {
      return .permission(
        what: "\(verb) session \(session.target.pid), which is a superuser's", grant: "only a superuser may: log in as one for this")
    }
    if session.backendType == "autovacuum worker" {
      return facts.version >= 180_000
        ? nil : .permission(what: "\(verb) an autovacuum worker", grant: "before 18 only a superuser may")
    }
    guard !session.isOwn, !facts.canSignal else { return nil }
    return .permission(
      what: "\(verb) session \(session.target.pid) of \(session.owner)",
      grant: "GRANT pg_signal_backend TO \(facts.role); pg_monitor alone does not allow it; or name an account that may under write:")
  }

  private func analyze() throws(Failure) -> Rehearsal {
    let seconds = PostgresActuator.analyzeSeconds(operation)
    var out = rehearsal(
      1, 1, moves: "runs this statement for \(Units.duration(seconds)) at most, measures its plan, and rolls back", undo: "nothing to undo",
      .rolledBack)
    out.target =
      "one statement in \(operation.arguments["database"].map { "database \(SafeText(escaping: $0, limit: 64))" as SafeText } ?? "the database of this source")"
    out.title = "a statement"
    out.loses = ["time and memory of the server while it runs"]
    out.keeps = ["everything: it only reads, and nothing that it calls is volatile"]
    out.commands = [
      "begin transaction read only", "set local statement_timeout = \(Int(seconds * 1000))",
      "explain (analyze, buffers, verbose, settings, format json) …",
      "rollback",
    ]
    return out
  }
}
