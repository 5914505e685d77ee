import OpsModel

/// Slow tasks that hold all workers of a queue while quick ones wait behind them.
enum Starvation {
  /// Seconds on one task, and how many times longer than the quick ones.
  static let slow = 5.0

  static func find(_ scene: SuspectScene) -> [Suspect] {
    scene.fresh.filter { $0.observed.facets.contains(.workers) }.flatMap { source, observed in
      observed.queues.compactMap { suspect($0, source, observed, scene) }
    }
  }

  private static func suspect(_ queue: QueueState, _ source: SourceView, _ observed: Observation, _ scene: SuspectScene) -> Suspect? {
    guard let ready = queue.ready, ready >= 3 else { return nil }
    let serving = observed.workers.filter { $0.activity == .busy || $0.activity == .idle }.filter { $0.queues.contains(queue.name) }
    let held = serving.filter { $0.activity == .busy && ($0.onTask ?? 0) >= slow }
    guard held.count >= 2 || serving.count == 1, Double(held.count) >= 0.75 * Double(serving.count), !held.isEmpty else { return nil }
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
