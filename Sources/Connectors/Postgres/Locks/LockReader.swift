import OpsModel

/// Asks who waits for whom, as far as anybody waits at all.
struct LockReader {
  let source: SafeText
  let version: Int

  /// - Returns: nil where no session waits, so that nothing more was asked.
  func read(_ connection: PostgresConnection, _ sessions: inout [SessionState], seesAll: Bool) throws(Failure) -> LockTree {
    // Who may see what everyone waits for can tell from the sessions that nobody waits.
    if seesAll && !sessions.contains(where: { $0.waitType == "Lock" }) { return LockTree() }
    let entries = try connection.polled(LocksSQL.contested(version: version)).compactMap { LockEntry($0) }
    guard entries.contains(where: { !$0.isGranted }) else { return LockTree() }
    var leader: [Int: Int] = [:]
    for session in sessions { if let first = session.leader { leader[session.pid] = first } }
    // Who holds what is waited for stands in the lock table. Only for those whom nobody there holds up the server is asked, which
    // takes all partitions of that table for a moment: they wait behind others in a queue.
    let held = LockGraph.holders(entries, leader: leader)
    let open = Set(entries.compactMap { $0.isGranted ? nil : $0.pid }).subtracting(held.map(\.0)).sorted()
    var edges = held
    if !open.isEmpty {
      edges += try connection.rows(LocksSQL.edges(open)).compactMap { row -> (Int, [Int])? in
        guard let pid = row.int(0), let list = row.string(1) else { return nil }
        return (pid, list.split(separator: ",").compactMap { Int($0) })
      }
    }
    var prepared: [String: LockTreeBuilder.Prepared] = [:]
    if edges.contains(where: { $0.1.contains(0) }) {
      for row in try connection.rows(LocksSQL.prepared) {
        let name = row.text(1, 200) ?? "?"
        // Two may have the same name there; then both are told.
        let known = prepared[row.string(0) ?? ""]
        prepared[row.string(0) ?? ""] = .init(
          name: known.map { "\($0.name) or \(name)" } ?? name, owner: row.text(2, 64), age: row.age(4))
      }
    }
    let graph = LockGraph(entries: entries, edges: edges, leader: leader)
    mark(&sessions, graph)
    var tree = LockTreeBuilder.build(source: source, graph: graph, sessions: sessions, prepared: prepared)
    if open.count > LocksSQL.waiterLimit {
      tree.notices.append(
        Notice(.warning, "\(Units.count(open.count)) sessions stand in a queue; behind whom was asked for \(LocksSQL.waiterLimit) of them"))
    }
    return tree
  }

  /// Edges up to which everyone behind a blocker is counted; beyond that only those directly behind.
  private static let edgeLimit = 20_000

  private func mark(_ sessions: inout [SessionState], _ graph: LockGraph) {
    let edges = graph.blockers.values.reduce(0) { $0 + $1.count }
    for index in sessions.indices {
      let pid = sessions[index].pid
      sessions[index].blockedBy = (graph.blockers[pid] ?? []).map { edge in
        guard case .session(let blocker) = edge.blocker else { return 0 }
        return blocker
      }.sorted()
      let direct = graph.waiters[.session(pid)]?.count ?? 0
      guard direct > 0 else { continue }
      sessions[index].blocks = edges <= Self.edgeLimit ? graph.victims(of: .session(pid)).count : direct
    }
  }
}
