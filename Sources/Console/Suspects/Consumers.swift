import OpsModel

/// Work that waits and nobody takes: no worker is registered, they are suspended, or those that are registered do nothing.
enum Consumers {
  static func find(_ scene: SuspectScene) -> [Suspect] {
    scene.fresh.filter { $0.observed.facets.contains(.queues) }.compactMap { source, observed in
      unserved(source, observed, scene) ?? idle(source, observed, scene)
    }
  }

  private static func unserved(_ source: SourceView, _ observed: Observation, _ scene: SuspectScene) -> Suspect? {
    let queues = observed.queues.filter { $0.workers == 0 && ($0.ready ?? 0) > 0 }
    guard let worst = queues.max(by: { ($0.ready ?? 0) < ($1.ready ?? 0) }) else { return nil }
    let isSuspended = observed.workers.contains { $0.activity == .suspended } || worst.paused == true
    var evidence = [Suspect.Evidence("\(worst.name) has \(Units.count(worst.ready ?? 0)) ready", from: source.name)]
    if queues.count > 1 { evidence.append(Suspect.Evidence("\(queues.count - 1) more queues without a worker", from: source.name)) }
    let before = scene.view.history.mean(.workers, of: source.id, from: 900, until: 5)
    if let before, before.value >= 0.5 {
      let now = WorkerTally(observed.workers).heard
      evidence.append(
        Suspect.Evidence("\(now) workers of \(source.name) now, \(Units.short(before.value.rounded())) before", from: source.name))
    }
    return Suspect(
      "consumers-gone", worst.id, .critical, score: before.map { $0.value >= 0.5 } ?? false ? 82 : 50,
      isSuspended ? "\(worst.name) of \(source.name) is suspended" : "no worker serves \(worst.name) of \(source.name)", evidence: evidence,
      advice: isSuspended ? "resume it (4 Workers) when that is wanted" : "start its workers; what waits is not lost", since: scene.now.unix
    )
  }

  /// Some brokers know only after minutes that a worker is gone: but one that is idle beside work does not take it.
  private static func idle(_ source: SourceView, _ observed: Observation, _ scene: SuspectScene) -> Suspect? {
    let queues = observed.queues
    let waiting = queues.indices.filter { (queues[$0].ready ?? 0) >= 3 }.sorted { (queues[$0].ready ?? 0) > (queues[$1].ready ?? 0) }
    return waiting.prefix(8).lazy.compactMap { suspect(queues[$0], source, observed, scene) }.first
  }

  private static func suspect(_ queue: QueueState, _ source: SourceView, _ observed: Observation, _ scene: SuspectScene) -> Suspect? {
    guard let growth = scene.view.history.rate(.ready, of: queue.id, from: 9, until: 0), growth > 0.2 else { return nil }
    let serving = observed.workers.filter { $0.queues.isEmpty || $0.queues.contains(queue.name) }
    let idle = serving.filter { $0.activity == .idle || $0.activity == .lost || $0.activity == .suspended }
    let work = work(of: serving, scene)
    guard !idle.isEmpty, idle.count * 2 >= serving.count, work.now < 0.01, work.before > 0.2 else {
      return nil
    }
    let silent: SafeText = idle.compactMap(\.heartbeatAge).max().map { ", last heard of up to \(Units.age($0)) ago" } ?? ""
    let ready = Units.count(queue.ready ?? 0)
    var evidence = [
      Suspect.Evidence(
        "nothing done for 9 s, \(Units.rate(work.before)) before; \(ready) ready, \(Units.rate(growth, signed: true))", from: source.name),
      Suspect.Evidence(
        "\(idle.count) of \(serving.count) workers are registered as idle beside waiting work\(silent)", from: source.name),
    ]
    if serving.contains(where: { $0.activity == .suspended }) {
      evidence.append(Suspect.Evidence("workers are suspended", from: source.name))
    }
    return Suspect(
      "consumers-gone", queue.id, .critical, score: 80, "the workers of \(queue.name) (\(source.name)) take nothing any more",
      evidence: evidence, advice: "look whether their processes live, and start them", since: scene.now.unix - 9)
  }

  /// Tasks per second that these workers end, lately and before.
  private static func work(of workers: [WorkerState], _ scene: SuspectScene) -> (now: Double, before: Double) {
    let history = scene.view.history
    var out = (now: 0.0, before: 0.0)
    for worker in workers {
      guard let now = history.rate(.done, of: worker.id, from: 9, until: 0) else { continue }
      out.now += max(0, now)
      out.before += max(
        0, history.rate(.done, of: worker.id, from: 70, until: 12) ?? history.rate(.done, of: worker.id, from: 32, until: 12) ?? 0)
    }
    return out
  }
}
