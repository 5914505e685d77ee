import OpsModel

/// Who waits behind sessions that are about to be signalled: counted by the graph that the lock tree is made of, so that a dialog and the
/// screen that opened it show one number.
enum PostgresWaiters {
  static func behind(_ pids: [Int], _ connection: PostgresConnection, _ facts: PostgresFacts) throws(Failure) -> WaitersBehind {
    guard !pids.isEmpty else { return WaitersBehind(all: 0, direct: 0) }
    let rows = try connection.polled(ActivitySQL.sessions(version: facts.version))
    var sessions = ActivityReader(source: "").sessions(rows)
    _ = try LockReader(source: "", version: facts.version).read(connection, &sessions, seesAll: false)
    return count(behind: pids, in: sessions)
  }

  /// - Parameter sessions: with those that each waits for.
  static func count(behind pids: [Int], in sessions: [SessionState]) -> WaitersBehind {
    var waiters: [Int: [Int]] = [:]
    for session in sessions { for pid in session.blockedBy { waiters[pid, default: []].append(session.pid) } }
    let direct = Set(pids.flatMap { waiters[$0] ?? [] }).subtracting(pids)
    var seen = Set(pids)
    var open = pids
    while let next = open.popLast() {
      for waiter in waiters[next] ?? [] where seen.insert(waiter).inserted { open.append(waiter) }
    }
    return WaitersBehind(all: seen.count - Set(pids).count, direct: direct.count, isOne: pids.count == 1)
  }
}
