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
    default: throw .refused(code: "", message: "PostgreSQL does not offer \(SafeText(escaping: operation.verb.rawValue))")
    }
  }

  private func rehearsal(_ affected: Int, _ examined: Int, moves: SafeText, undo: SafeText, _ guarantee: Guarantee) -> Rehearsal {
    Rehearsal(
      affected: affected, examined: examined, moves: moves, undo: undo, guarantee: guarantee, place: connection.shown,
      account: facts.role, serverID: "\(facts.product) since \(Calendar.stamp(facts.startedAt))")
  }

  private func signal() throws(Failure) -> Rehearsal {
    guard operation.count <= Self.limit else {
      throw .refused(
        code: "", message: "\(operation.count) sessions at once are too many: \(Self.limit) at most, and better one root after another")
    }
    var found: [SignalTarget] = []
    var refused: [(reason: SafeText, count: Int)] = []
    for index in 0..<operation.targets.count {
      guard let target = SessionTarget(key: operation.targets[index].key), let now = try SignalTarget.look(target, connection) else {
        refused.append(("it is gone, or another session has its pid: nothing is sent", 1))
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
    return describe(found, refused)
  }

  private func describe(_ found: [SignalTarget], _ refused: [(reason: SafeText, count: Int)]) -> Rehearsal {
    let isCancel = operation.verb == .cancel
    let names = SafeText.join(found.prefix(5).map(\.name), "; ")
    let more: SafeText = found.count > 5 ? " and \(found.count - 5) more" : ""
    let nothing: SafeText = "nothing: \(refused.first?.reason ?? "no session is left of those that were chosen")"
    let verb: SafeText = isCancel ? "cancels the statement of" : "ends the session"
    var out = rehearsal(
      found.count, operation.count, moves: found.isEmpty ? nothing : "\(verb) \(names)\(more)", undo: "none", .signal)
    out.refused = refused
    out.keeps = isCancel ? ["the session, and whether it is in a transaction: that is then an aborted one"] : []
    out.loses =
      isCancel
      ? ["what the statement has done so far", "all of its transaction, unless the application retries it"]
      : ["its open transaction is rolled back, with all that it wrote", "temporary tables, session locks and settings"]
    let waiters = found.reduce(0) { $0 + $1.waiters }
    if waiters > 0 { out.keeps.append("\(Units.count(waiters, "session")) that wait for it can go on") }
    out.warnings = warnings(found)
    out.commands = [SafeText(escaping: isCancel ? SignalSQL.cancel : SignalSQL.terminate(facts.version))]
    for session in found.prefix(3) { if let query = session.query { out.commands.append("its statement: \(query)") } }
    return out
  }

  private func warnings(_ found: [SignalTarget]) -> [SafeText] {
    var out: [SafeText] = []
    if found.contains(where: \.isWriting) {
      out.append("it has written: rolling back may take as long as writing did, and its locks stay until then")
    }
    if found.contains(where: { $0.backendType == "autovacuum worker" }) {
      out.append("autovacuum starts again by itself; where it prevents wraparound it has to")
    }
    if found.contains(where: { $0.backendType == "walsender" }) { out.append("a WAL sender: its standby connects again at once") }
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
