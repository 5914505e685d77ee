public import OpsModel

/// What waits for nobody in a database and holds up others: a session, or a prepared transaction, which is nobody's. With all that wait behind it.
public struct Blocker: Sendable {
  public let id: ResourceID
  /// `session 4312 (admin-shell)`, `prepared transaction payments-7f3a`
  public let name: SafeText
  /// Nil for a prepared transaction.
  public let root: SessionState?
  /// Those that wait, directly or behind others; the longest first.
  public let victims: [SessionState]
  /// Seconds of the longest wait behind it, as far as it is known.
  public let longest: Double?

  /// The one that makes most sessions wait comes first.
  ///
  /// A hundred sessions that wait for one row make thousands of waiting pairs. So this works with indices, and copies sessions at the end.
  public static func all(in observation: Observation) -> [Blocker] {
    let sessions = observation.sessions
    let waiting = sessions.indices.filter { !sessions[$0].blockedBy.isEmpty }
    guard !waiting.isEmpty else { return [] }
    var behind: [Int: [Int]] = [:]
    for place in waiting { for pid in sessions[place].blockedBy { behind[pid, default: []].append(place) } }
    let waits = waits(waiting, observation)
    func blocker(_ pid: Int, _ id: ResourceID, _ name: SafeText, _ root: SessionState?) -> Blocker {
      let victims = victims(of: pid, behind, sessions).map { (place: $0, wait: waits[$0]) }.sorted { $0.wait ?? 0 > $1.wait ?? 0 }
      return Blocker(
        id: id, name: name, root: root, victims: victims.map { sessions[$0.place] }, longest: victims.compactMap(\.wait).max())
    }
    var all: [Blocker] = []
    for place in sessions.indices where sessions[place].blockedBy.isEmpty && behind[sessions[place].pid] != nil {
      all.append(blocker(sessions[place].pid, sessions[place].id, name(sessions[place]), sessions[place]))
    }
    // The server says 0 for all of them; which one it is stands in the tree alone.
    if behind[0] != nil {
      let prepared = observation.locks?.rows.first { $0.kind == .prepared }
      let id = prepared?.id ?? ResourceID(source: observation.source, kind: .lock, key: "prepared")
      all.append(blocker(0, id, "prepared transaction \(prepared?.application?.prefix(24) ?? "")", nil))
    }
    return all.sorted { ($0.victims.count, $0.longest ?? 0) > ($1.victims.count, $1.longest ?? 0) }
  }

  /// Seconds that the sessions at these places wait, by place: of the lock where that is known, else of the statement.
  private static func waits(_ waiting: [Int], _ observation: Observation) -> [Int: Double] {
    let locks = Dictionary(
      (observation.locks?.rows ?? []).compactMap { row in row.session.flatMap { id in row.waited.map { (id, $0) } } },
      uniquingKeysWith: { max($0, $1) })
    var out: [Int: Double] = [:]
    for place in waiting { out[place] = locks[observation.sessions[place].id] ?? observation.sessions[place].queryAge }
    return out
  }

  private static func victims(of root: Int, _ behind: [Int: [Int]], _ sessions: [SessionState]) -> [Int] {
    var seen: Set<Int> = [root]
    var next = behind[root] ?? []
    var out: [Int] = []
    while let place = next.popLast() {
      guard seen.insert(sessions[place].pid).inserted else { continue }
      out.append(place)
      next += behind[sessions[place].pid] ?? []
    }
    return out
  }

  /// `session 4312 (admin-shell)`
  public static func name(_ session: SessionState) -> SafeText {
    guard let application = session.application, !application.isEmpty else { return "session \(session.pid)" }
    return "session \(session.pid) (\(application.prefix(24)))"
  }
}
