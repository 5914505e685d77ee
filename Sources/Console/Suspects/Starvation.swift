import OpsModel

/// Slow tasks that hold all workers of a queue while quick ones wait behind them.
enum Starvation {
  /// Seconds on one task, and how many times longer than the quick ones.
  static let slow = 5.0

  static func find(_ scene: SuspectScene) -> [Suspect] {
    scene.fresh.filter { $0.observed.facets.contains(.workers) }.flatMap { source, observed -> [Suspect] in
      let crews = crews(observed.workers)
      guard !crews.isEmpty else { return [] }
      return observed.queues.compactMap { queue -> Suspect? in
        guard (queue.ready ?? 0) >= 3, let crew = crews[queue.name], crew.isHeld else { return nil }
        let serving = observed.workers.filter { isServing($0.activity) && $0.queues.contains(queue.name) }
        return suspect(queue, serving, source, scene)
      }
    }
  }

  /// Workers of one queue, and those of them that a slow task holds.
  private struct Crew {
    var all = 0
    var held = 0

    /// Whether most of them are held.
    var isHeld: Bool { held > 0 && (held >= 2 || all == 1) && Double(held) >= 0.75 * Double(all) }
  }

  /// Of queues with a worker at least that is held. Workers are looked at where they stand: there may be thousands of them, and of queues.
  private static func crews(_ workers: [WorkerState]) -> [SafeText: Crew] {
    var out: [SafeText: Crew] = [:]
    for place in workers.indices where isHeld(workers[place].activity, workers[place].onTask) {
      for queue in workers[place].queues { out[queue, default: Crew()].held += 1 }
    }
    guard !out.isEmpty else { return [:] }
    for place in workers.indices where isServing(workers[place].activity) {
      for queue in workers[place].queues { if let crew = out.index(forKey: queue) { out.values[crew].all += 1 } }
    }
    return out
  }

  private static func isServing(_ activity: WorkerState.Activity) -> Bool { activity == .busy || activity == .idle }

  private static func isHeld(_ activity: WorkerState.Activity, _ onTask: Double?) -> Bool { activity == .busy && (onTask ?? 0) >= slow }

  private static func suspect(_ queue: QueueState, _ serving: [WorkerState], _ source: SourceView, _ scene: SuspectScene) -> Suspect? {
    let ready = queue.ready ?? 0
    let held = serving.filter { isHeld($0.activity, $0.onTask) }
    let tasks = Dictionary(grouping: held.compactMap { $0.currentTask.map { WorkBook.name($0) } }) { $0 }
    guard let most = tasks.max(by: { ($0.value.count, $1.key) < ($1.value.count, $0.key) })?.key else { return nil }
    let longest = held.compactMap(\.onTask).max() ?? 0
    // The same tasks that take longer than usual are no starvation: they wait for something.
    let quick = scene.work.quick(in: queue.name, of: source.name, limit: max(1, longest / 5), at: scene.now)
    guard !quick.contains(most), let waiting = quick.first(where: { tasks[$0] == nil }) else { return nil }
    return Suspect(
      "starvation", queue.id, .warning, score: 68,
      "slow tasks hold the workers of \(queue.name): \(held.count) of \(serving.count) at \(most.prefix(40))",
      evidence: [
        Suspect.Evidence(
          "for up to \(Units.age(longest)); \(Units.count(ready)) wait, oldest \(queue.oldest.seconds.map { Units.age($0) } ?? "unknown")",
          from: source.name),
        Suspect.Evidence("quick ones such as \(waiting.prefix(40)) share this queue", from: source.name),
      ], advice: "give slow tasks a queue and workers of their own", since: scene.now.unix - longest)
  }
}
