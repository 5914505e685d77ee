import OpsModel

/// A session that waits for nobody and holds up others, above all where those others are the workers of a queue.
enum RootBlocker {
  /// Seconds that a wait must last, unless many wait.
  static let shortest = 3.0

  static func find(_ scene: SuspectScene) -> [Suspect] {
    scene.fresh.filter { $0.observed.facets.contains(.sessions) }.flatMap { source, observed in
      Blocker.all(in: observed).compactMap { suspect($0, source, scene) }
    }
  }

  private static func suspect(_ blocker: Blocker, _ database: SourceView, _ scene: SuspectScene) -> Suspect? {
    let longest = blocker.longest ?? 0
    guard longest >= shortest || blocker.victims.count >= 3 else { return nil }
    var evidence = [
      Suspect.Evidence("waiting: \(applications(blocker.victims)), longest \(Units.age(longest))", from: database.name)
    ]
    let held = HeldWorkers.of(blocker.victims, database, scene)
    for one in held { evidence.append(one.evidence) }
    if let query = blocker.root?.query, !query.isEmpty {
      evidence.append(Suspect.Evidence("its last statement: \(query.prefix(100))", from: database.name))
    }
    let score = min(96, 70 + min(10, 2 * blocker.victims.count) + (held.isEmpty ? 0 : 12) + (longest > 60 ? 4 : 0))
    return Suspect(
      "root-blocker", blocker.id, .critical, score: score,
      "\(blocker.name)\(state(blocker.root)) blocks \(Units.count(blocker.victims.count, "session"))", evidence: evidence,
      advice: advice(blocker.root), since: scene.now.unix - longest)
  }

  private static func state(_ root: SessionState?) -> SafeText {
    guard let root else { return "" }
    if root.point?.waitsForStandby == true {
      return " committed here, waiting for a standby\(root.relevantAge.map { " for \(Units.age($0))" as SafeText } ?? "")"
    }
    let state: SafeText = root.isIdleInTransaction ? "idle in transaction" : (root.isActive ? "running" : root.state ?? "of unknown state")
    return " \(state)\(root.relevantAge.map { " \(Units.age($0))" as SafeText } ?? "")"
  }

  private static func advice(_ root: SessionState?) -> SafeText {
    guard let root else { return "no session holds it: ask its transaction manager, then COMMIT PREPARED or ROLLBACK PREPARED" }
    if root.point?.waitsForStandby == true {
      return "start the standby, or change synchronous_standby_names; cancel (c) ends the wait and keeps the data"
    }
    return root.isIdleInTransaction
      ? "commit or roll back there, or end the session (5 Database, T)" : "wait for it, cancel its statement (c) or end it (T)"
  }

  private static func applications(_ victims: [SessionState]) -> SafeText {
    let names = Dictionary(grouping: victims) { $0.application.map { $0.isEmpty ? "no name" : $0 } ?? "hidden" }
    let sorted = names.sorted { ($0.value.count, $1.key) > ($1.value.count, $0.key) }.prefix(4)
    return SafeText.join(sorted.map { "\($0.value.count) × \($0.key.prefix(24))" }, ", ")
  }
}
