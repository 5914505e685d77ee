import OpsModel

/// Slow tasks that hold all workers of a queue while quick ones wait behind them.
enum Starvation {
  /// Seconds on one task, and how many times longer than the quick ones.
  static let slow = 5.0

  static func find(_ scene: SuspectScene) -> [Suspect] {
    scene.fresh.filter { $0.observed.facets.contains(.workers) }.flatMap { source, observed -> [Suspect] in
      let places = places(observed)
      return observed.queues.compactMap { queue -> Suspect? in
        guard let found = places[queue.name], (queue.ready ?? 0) >= 3, areHeld(found, observed.workers) else { return nil }
        return suspect(queue, found.map { observed.workers[$0] }, source, scene)
      }
    }
  }

  /// Where the workers of a queue stand, for queues with one at least that is held. One walk over the workers: there may be thousands of
  /// them, and of queues.
  private static func places(_ observed: Observation) -> [SafeText: [Int]] {
    let present = observed.workers.indices.filter { [.busy, .idle].contains(observed.workers[$0].activity) }
    let held = Set(present.lazy.filter { isHeld(observed.workers[$0]) }.flatMap { observed.workers[$0].queues })
    guard !held.isEmpty else { return [:] }
    var out: [SafeText: [Int]] = [:]
    for place in present {
      for queue in observed.workers[place].queues where held.contains(queue) { out[queue, default: []].append(place) }
    }
    return out
  }

  private static func isHeld(_ worker: WorkerState) -> Bool { worker.activity == .busy && (worker.onTask ?? 0) >= slow }

  /// Whether most of them are held. Counted where they stand: workers are copied for the few queues where it is so.
  private static func areHeld(_ places: [Int], _ workers: [WorkerState]) -> Bool {
    let held = places.count { isHeld(workers[$0]) }
    return held > 0 && (held >= 2 || places.count == 1) && Double(held) >= 0.75 * Double(places.count)
  }

  private static func suspect(_ queue: QueueState, _ serving: [WorkerState], _ source: SourceView, _ scene: SuspectScene) -> Suspect? {
    let ready = queue.ready ?? 0
    let held = serving.filter(isHeld)
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
