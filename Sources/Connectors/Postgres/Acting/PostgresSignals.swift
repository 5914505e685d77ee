import Gate
import Glibc
import OpsModel

/// Sends the signals, and looks what became of each session: that a signal was sent says nothing yet.
struct PostgresSignals {
  let connection: PostgresConnection
  let facts: PostgresFacts
  let verb: Verb
  let clock: any OpsClock

  func send(_ targets: [Target], _ permit: Permit) throws(Failure) -> BatchReport {
    let began = clock.now()
    var outcomes: [Outcome] = []
    var reasons: [Int: SafeText] = [:]
    var answers: [(from: SafeText, text: SafeText)] = []
    for (index, target) in targets.enumerated() {
      guard let session = SessionTarget(key: target.key) else {
        outcomes.append(.failed)
        reasons[index] = "no session is named by this"
        continue
      }
      let (outcome, words) = try one(session)
      outcomes.append(outcome)
      if outcome == .moved { answers.append((from: "\(session.pid)", text: words)) } else { reasons[index] = words }
    }
    return BatchReport(outcomes: outcomes, reasons: reasons, held: clock.now().age(since: began), answers: answers)
  }

  private func one(_ session: SessionTarget) throws(Failure) -> (Outcome, SafeText) {
    let rows: [PostgresRow]
    do throws(Failure) {
      rows = try sent(session)
    } catch {
      // The server said no: nothing was sent. A broken connection leaves it open.
      guard connection.isOpen else { throw error }
      return (.failed, error.what)
    }
    guard let row = rows.first else { return (.absent, PostgresRehearsal.gone) }
    if verb == .cancel && !row.isTrue(1) { return (.failed, "the server could not send the signal") }
    let point = SessionPointReader.point(state: row.string(2), waitType: row.string(3), waitEvent: row.string(4), query: row.string(5))
    let (outcome, words) = try watch(session, point)
    // What is uncertain is said by where the session was when the signal left, and not by where it was when the plan was made.
    guard let point, let more = SignalEffect(point: point, isCancel: verb == .cancel, standby: "").receipt else { return (outcome, words) }
    return (outcome, "\(words); \(more)")
  }

  private func sent(_ session: SessionTarget) throws(Failure) -> [PostgresRow] {
    if verb == .cancel {
      return try connection.rows(SignalSQL.cancel, [String(session.pid), session.started, session.queryStarted ?? ""])
    }
    return try connection.rows(SignalSQL.terminate(facts.version), [String(session.pid), session.started])
  }

  /// Gone, at something else, or still there.
  private func watch(_ session: SessionTarget, _ point: SessionPoint?) throws(Failure) -> (Outcome, SafeText) {
    let began = clock.now()
    while true {
      let now = try SignalTarget.look(session, connection)
      let spent = clock.now().age(since: began)
      guard let now else { return (.moved, "ended after \(Units.duration(spent))") }
      if verb == .cancel, now.queryStarted != session.queryStarted || now.state != "active" {
        let state = SafeText(escaping: now.state ?? "hidden", limit: 40)
        return (
          .moved,
          now.queryStarted != session.queryStarted
            ? "the statement ended; the session runs a new one" : "the statement ended; the session is \(state)"
        )
      }
      if spent >= PostgresActuator.watched {
        // What was cancelled in the middle of its parts goes on with the next one, and writes there.
        let why: SafeText =
          verb == .cancel && point == .committedPart
          ? "it continues with its next part" : now.isWriting ? "it may be rolling back, which takes as long as it wrote" : "look again"
        return (.unknown, "the signal was sent; still there after \(Units.duration(spent)): \(why)")
      }
      // This queue is the actuator's own; nothing else waits on it.
      usleep(100_000)
    }
  }
}
