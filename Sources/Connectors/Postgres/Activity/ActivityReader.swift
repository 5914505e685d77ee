import OpsModel

/// Reads rows of `pg_stat_activity`.
struct ActivityReader {
  let source: SafeText

  func sessions(_ rows: [PostgresRow]) -> [SessionState] { rows.compactMap { session($0) } }

  /// The identity of a session: its pid and its start, since pids come again; `SessionTarget` reads it.
  static func id(_ source: SafeText, pid: Int, started: [UInt8]) -> ResourceID {
    ResourceID(source: source, kind: .session, key: Array("\(pid) ".utf8) + started)
  }

  private func session(_ row: PostgresRow) -> SessionState? {
    guard row.count == 20, let pid = row.int(0) else { return nil }
    var session = SessionState(id: Self.id(source, pid: pid, started: row[1] ?? []), pid: pid)
    session.startedAt = row.text(1, 40)
    session.database = row.text(2, 64)
    session.user = row.text(3, 64)
    session.application = row.text(4, 64)
    session.client = row.text(5, 64)
    session.backendType = row.text(6, 64)
    session.leader = row.int(7).flatMap { $0 == pid ? nil : $0 }
    session.state = row.text(8, 40)
    session.waitType = row.text(9, 40)
    session.waitEvent = row.text(10, 64)
    session.transactionAge = row.age(11)
    session.queryAge = row.age(12)
    session.stateAge = row.age(13)
    session.query = row[14].map { SafeText(bytes: OneLine.of($0), limit: 2000) }
    // `<insufficient privilege>` is what the server writes for statements of other roles.
    session.isHidden = row.isTrue(15)
    if session.isHidden { session.query = nil }
    session.point = SessionPointReader.point(
      state: row.string(8), waitType: row.string(9), waitEvent: row.string(10), query: row.string(14))
    session.queryStartedAt = row.text(16, 40)
    session.queryID = row.string(17).flatMap { Int64($0) }
    session.isWriting = row.isTrue(18)
    session.horizonAge = row.int(19)
    return session
  }

  /// Counts the workers of parallel queries at their leaders.
  static func fold(_ sessions: inout [SessionState]) {
    var workers: [Int: Int] = [:]
    for session in sessions { if let leader = session.leader { workers[leader, default: 0] += 1 } }
    for index in sessions.indices { sessions[index].workers = workers[sessions[index].pid] ?? 0 }
  }

  /// Client sessions take a slot; of hidden ones nothing but the database is known.
  static func holdsSlot(_ session: SessionState) -> Bool {
    session.backendType?.text == "client backend" || (session.backendType == nil && session.database != nil)
  }
}
