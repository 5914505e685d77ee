import Gate
import OpsModel
import Runbooks

/// Looks while a bulk action runs whether it does harm: what was retried fails again, or more waits than the workers can bear.
actor QueueHalt {
  /// Seconds between looks.
  private static let every = 1.0

  private let limits: QueueAction.Halt
  private let queue: ResolvedQueue
  private let places: StepPlaces
  private let gate: Gate
  private let source: SafeText
  private let clock: any OpsClock
  private var recent: [(at: Moment, target: Target)] = []
  private var lookedAt: Moment?
  private var connector: (any Connector)?

  init(_ limits: QueueAction.Halt, queue: ResolvedQueue, places: StepPlaces, gate: Gate, source: SafeText, clock: any OpsClock) {
    self.limits = limits
    self.queue = queue
    self.places = places
    self.gate = gate
    self.source = source
    self.clock = clock
  }

  func add(_ target: Target) { recent.append((clock.now(), target)) }

  /// Why it has to end; nil where it may go on. What can not be looked at is no reason to go on.
  func reason() async -> SafeText? {
    let now = clock.now()
    if let lookedAt, now.age(since: lookedAt) < Self.every { return nil }
    lookedAt = now
    recent.removeAll { now.age(since: $0.at) > limits.window }
    do throws(Failure) {
      if let share = limits.refailed, !recent.isEmpty {
        let fate = try await gate.fate(of: recent.suffix(2000).map(\.target), in: source)
        let failed = Double(fate.deadAgain) / Double(max(fate.total, 1)) * 100
        if failed > share { return "\(fate.deadAgain) of the last \(fate.total) failed again, more than \(Units.short(share)) %" }
      }
      if let depth = limits.readyDepth {
        let ready = try await ready()
        if ready > depth { return "\(Units.count(ready)) are ready, more than \(Units.count(depth))" }
      }
      return nil
    } catch { return "it can not be looked at any more: \(error.what)" }
  }

  private func ready() async throws(Failure) -> Int {
    let used: any Connector
    if let connector { used = connector } else { used = try await places.connector(queue.connection) }
    connector = used
    let queues = try await used.observe().queues.filter { queue.source == nil || $0.name.text == queue.source }
    return queues.reduce(0) { $0 + ($1.ready ?? 0) }
  }
}
