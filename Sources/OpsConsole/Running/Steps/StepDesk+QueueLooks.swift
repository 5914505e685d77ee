import Gate
import OpsModel
import Runbooks

/// Looks at queues: what became of tasks, depth and workers, how many dead letters there are of a selection.
extension StepDesk {
  /// Seconds between two looks from which a rate is told.
  private static let apart = 3.0
  private static let looks = 4

  func look(_ queue: ResolvedQueue, _ context: StepContext) async -> AttemptEnd {
    do throws(Failure) {
      switch queue.name {
      case .status: return .done(try await status(queue))
      case .stats: return .done(try await stats(queue))
      case .count:
        let found = try await FrozenTargets.select(queue, places, gate, now: clock.now().unix)
        let ids = found.items.prefix(1000).map { RunValue.text($0) }
        return .done(["count": .int(found.meant), "value": .int(found.meant), "ids": .list(ids)])
      default: return .refused("this is no look", nil)
      }
    } catch { return .refused(error.what, nil) }
  }

  private func status(_ queue: ResolvedQueue) async throws(Failure) -> [String: RunValue] {
    let targets = (queue.ids ?? []).compactMap { FrozenTargets.target($0) }
    var fate = Fate()
    if !targets.isEmpty { fate = try await gate.fate(of: targets, in: places.source(queue.connection).name) }
    return [
      "waiting": .int(fate.waiting), "running": .int(fate.running), "pending": .int(fate.waiting + fate.running), "done": .int(fate.done),
      "failed": .int(fate.deadAgain), "unknown": .int(fate.unknown), "total": .int(fate.total),
    ]
  }

  /// Completed tasks a minute come from the workers' own counters, looked at twice.
  private func stats(_ queue: ResolvedQueue) async throws(Failure) -> [String: RunValue] {
    let connector = try await places.connector(queue.connection)
    defer { Task { await connector.close() } }
    var first = try await connector.observe()
    var second = first
    // Some workers tell of themselves only now and then: they are listened for until they have told twice.
    for _ in 0..<Self.looks where Self.rate(first, second) == nil {
      try? await Task.sleep(for: .seconds(Self.apart))
      second = try await connector.observe()
      if first.workers.allSatisfy({ $0.processed == nil }) { first = second }
    }
    let queues = second.queues.filter { queue.source == nil || $0.name.text == queue.source }
    func sum(_ key: (QueueState) -> Int?) -> RunValue {
      let known = queues.compactMap(key)
      return known.isEmpty ? .null : .int(known.reduce(0, +))
    }
    let workers = second.workers.filter { worker in
      queue.source.map { source in worker.queues.isEmpty || worker.queues.contains { $0.text == source } } ?? true
    }
    var out: [String: RunValue] = [
      "ready": sum(\.ready), "running": sum(\.running), "scheduled": sum(\.scheduled), "dead": sum(\.dead), "workers": .int(workers.count),
      "oldest_age": queues.compactMap { $0.oldest.seconds }.max().map { .number($0) } ?? .null,
      "paused": .bool(queues.contains { $0.paused == true }),
    ]
    out["completed_per_min"] = Self.rate(first, second).map { .number($0) } ?? .null
    return out
  }

  private static func rate(_ first: Observation, _ second: Observation) -> Double? {
    var before: [ResourceID: Int] = [:]
    for worker in first.workers { before[worker.id] = worker.processed }
    let grown = second.workers.compactMap { worker in
      worker.processed.flatMap { now in before[worker.id].map { max(0, now - $0) } }
    }
    let seconds = second.at.age(since: first.at)
    return grown.isEmpty || seconds < 1 ? nil : Double(grown.reduce(0, +)) / seconds * 60
  }
}
