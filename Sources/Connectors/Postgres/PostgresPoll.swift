import OpsModel

/// One poll of a server: its facts, its sessions, and who waits for whom. Three statements, each its own transaction.
struct PostgresPoll {
  let source: SafeText
  let began: Moment

  func read(_ connection: PostgresConnection) throws(Failure) -> Observation {
    let facts = try PostgresFacts.read(connection)
    let rows = try connection.rows(PostgresSQL.activity(version: facts.version))
    let edges = try connection.rows(PostgresSQL.blocking)
    var sessions = rows.compactMap { session($0, facts) }
    link(&sessions, edges)
    var observation = Observation(source: source, at: began, took: 0, facets: [.sessions, .servers])
    observation.sessions = sessions
    observation.server = facts.server(used: sessions.filter(Self.holdsSlot).count + 1)
    observation.notices = facts.notices
    return observation
  }

  /// Client sessions take a slot; of hidden ones nothing but the database is known.
  private static func holdsSlot(_ session: SessionState) -> Bool {
    session.backendType?.text == "client backend" || (session.backendType == nil && session.database != nil)
  }

  private func session(_ row: [[UInt8]?], _ facts: PostgresFacts) -> SessionState? {
    guard row.count == 16, let pid = row[0].flatMap({ Int(String(decoding: $0, as: UTF8.self)) }) else { return nil }
    func text(_ column: Int, _ limit: Int = 200) -> SafeText? { row[column].map { SafeText(bytes: $0, limit: limit) } }
    func number(_ column: Int) -> Double? { row[column].flatMap { Double(String(decoding: $0, as: UTF8.self)) } }
    let key = Array("\(pid) ".utf8) + (row[1] ?? [])
    var session = SessionState(id: ResourceID(source: source, kind: .session, key: key), pid: pid)
    session.database = text(2, 64)
    session.user = text(3, 64)
    session.application = text(4, 64)
    session.client = text(5, 64)
    session.backendType = text(6, 64)
    session.leader = number(7).map { Int($0) }
    session.state = text(8, 40)
    session.waitType = text(9, 40)
    session.waitEvent = text(10, 64)
    session.transactionAge = number(11).map { max(0, $0) }
    session.queryAge = number(12).map { max(0, $0) }
    session.stateAge = number(13).map { max(0, $0) }
    session.query = text(14, 2000)
    // `<insufficient privilege>` is what the server writes for statements of other roles.
    session.isHidden = row[15] == Array("t".utf8)
    if session.isHidden { session.query = nil }
    return session
  }

  /// Workers of a parallel query wait in their leader's name; a session does not wait for itself.
  private func link(_ sessions: inout [SessionState], _ edges: [[[UInt8]?]]) {
    var leader: [Int: Int] = [:]
    for session in sessions { if let first = session.leader { leader[session.pid] = first } }
    var blockers: [Int: Set<Int>] = [:]
    for edge in edges {
      guard edge.count == 2, let waiter = edge[0].flatMap({ Int(String(decoding: $0, as: UTF8.self)) }), let list = edge[1] else {
        continue
      }
      for item in list.split(separator: UInt8(ascii: ",")) {
        guard let pid = Int(String(decoding: item, as: UTF8.self)) else { continue }
        let from = leader[waiter] ?? waiter
        let to = leader[pid] ?? pid
        if from != to { blockers[from, default: []].insert(to) }
      }
    }
    let victims = BlockedSessions.count(blockers)
    for index in sessions.indices {
      sessions[index].blockedBy = (blockers[sessions[index].pid] ?? []).sorted()
      sessions[index].blocks = victims[sessions[index].pid] ?? 0
    }
  }
}
