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
  public static func all(in observation: Observation) -> [Blocker] {
    let waiting = observation.sessions.filter { !$0.blockedBy.isEmpty }
    guard !waiting.isEmpty else { return [] }
    let waits = Dictionary(
      (observation.locks?.rows ?? []).compactMap { row in row.session.flatMap { id in row.waited.map { (id, $0) } } },
      uniquingKeysWith: { max($0, $1) })
    var behind: [Int: [SessionState]] = [:]
    for session in waiting { for pid in session.blockedBy { behind[pid, default: []].append(session) } }
    let roots = observation.sessions.filter { $0.blockedBy.isEmpty && behind[$0.pid] != nil }
    func blocker(_ pid: Int, _ id: ResourceID, _ name: SafeText, _ root: SessionState?) -> Blocker {
      let victims = victims(of: pid, behind).sorted { wait($0, waits) ?? 0 > wait($1, waits) ?? 0 }
      return Blocker(id: id, name: name, root: root, victims: victims, longest: victims.compactMap { wait($0, waits) }.max())
    }
    var all = roots.map { blocker($0.pid, $0.id, name($0), $0) }
    // The server says 0 for all of them; which one it is stands in the tree alone.
    if behind[0] != nil {
      let prepared = observation.locks?.rows.first { $0.kind == .prepared }
      let id = prepared?.id ?? ResourceID(source: observation.source, kind: .lock, key: "prepared")
      all.append(blocker(0, id, "prepared transaction \(prepared?.application?.prefix(24) ?? "")", nil))
    }
    return all.sorted { ($0.victims.count, $0.longest ?? 0) > ($1.victims.count, $1.longest ?? 0) }
  }

  private static func wait(_ session: SessionState, _ waits: [ResourceID: Double]) -> Double? { waits[session.id] ?? session.queryAge }

  private static func victims(of root: Int, _ behind: [Int: [SessionState]]) -> [SessionState] {
    var seen: Set<Int> = [root]
    var next = behind[root] ?? []
    var out: [SessionState] = []
    while let session = next.popLast() {
      guard seen.insert(session.pid).inserted else { continue }
      out.append(session)
      next += behind[session.pid] ?? []
    }
    return out
  }

  /// `session 4312 (admin-shell)`
  public static func name(_ session: SessionState) -> SafeText {
    guard let application = session.application, !application.isEmpty else { return "session \(session.pid)" }
    return "session \(session.pid) (\(application.prefix(24)))"
  }
}
