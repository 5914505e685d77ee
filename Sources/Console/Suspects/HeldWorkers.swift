import OpsModel

/// Workers of a queue that wait in a database: told by the role that they alone use, by the name of their connection, or by their host.
struct HeldWorkers {
  let source: SourceView
  let count: Int
  let how: SafeText
  let task: SafeText?
  let longest: Double?

  var evidence: Suspect.Evidence {
    let work: SafeText = task.map { ", at \($0)" } ?? ""
    let time: SafeText = longest.map { " for up to \(Units.age($0))" } ?? ""
    let who: SafeText = count == 1 ? "1 of them is a worker" : "\(Units.count(count)) of them are workers"
    return Suspect.Evidence("\(who) of \(source.name) (\(how))\(work)\(time)", from: source.name)
  }

  static func of(_ victims: [SessionState], _ database: SourceView, _ scene: SuspectScene) -> [HeldWorkers] {
    scene.fresh.compactMap { source, observed in
      guard observed.facets.contains(.workers) else { return nil }
      guard let (found, how) = match(victims, source, observed) else { return nil }
      let longest = holding(found, observed).max { ($0.onTask ?? 0) < ($1.onTask ?? 0) }
      return HeldWorkers(
        source: source, count: found.count, how: how, task: longest?.currentTask.map { WorkBook.name($0) }, longest: longest?.onTask)
    }
  }

  /// Workers whose task began a moment before one of these sessions began to wait.
  private static func holding(_ sessions: [SessionState], _ observed: Observation) -> [WorkerState] {
    let waits = sessions.compactMap(\.queryAge)
    return observed.workers.filter { worker in
      guard worker.activity == .busy, let time = worker.onTask else { return false }
      return waits.contains { (-2.5...4).contains(time - $0) }
    }
  }

  private static func match(_ victims: [SessionState], _ source: SourceView, _ observed: Observation) -> ([SessionState], SafeText)? {
    for role in Set(source.databaseRoles.values).sorted() {
      let found = victims.filter { $0.user == role }
      if !found.isEmpty { return (found, "role \(role)") }
    }
    let names = stems(source, observed)
    let named = victims.filter { session in session.application.map { belongs($0.text.lowercased(), to: names) } ?? false }
    if let first = named.first { return (named, "application \((first.application ?? "").prefix(24))") }
    let hosts = Set(observed.workers.filter { $0.activity == .busy }.compactMap { $0.host?.text.lowercased() })
    let placed = victims.filter { session in session.client.map { hosts.contains($0.text.lowercased()) } ?? false }
    return placed.isEmpty ? nil : (placed, "same host \((placed[0].client ?? "").prefix(40))")
  }

  /// What names of its connections may begin with: the source and its workers, without the number behind.
  private static func stems(_ source: SourceView, _ observed: Observation) -> Set<String> {
    let names = [source.name.text] + observed.workers.prefix(200).map { String($0.name.text.split(separator: "@").first ?? "") }
    return Set(names.map { stem($0.lowercased()) }.filter { $0.count >= 3 })
  }

  private static func stem(_ name: String) -> String {
    String(name.reversed().drop { $0.isNumber || "-_.:".contains($0) }.reversed())
  }

  private static func belongs(_ application: String, to stems: Set<String>) -> Bool {
    stems.contains { stem in
      guard application.hasPrefix(stem) else { return false }
      guard let next = application.dropFirst(stem.count).first else { return true }
      return !next.isLetter
    }
  }
}
