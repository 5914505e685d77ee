import OpsModel

/// Which tasks were seen in work, and for how long: what is usual, so that what is not can be told.
struct WorkBook: Sendable {
  struct Seen: Sendable {
    /// Seconds of the last that came to their ends, as far as polls saw them: one whose worker was killed does not change what is usual.
    var lasted: [Double] = []
    var last: Moment

    var usual: Double { lasted.sorted()[lasted.count / 2] }
  }

  /// Seconds after which what is not seen any more is not usual any more.
  static let span = 1800.0
  private static let most = 500

  private struct Run {
    /// As its worker tells it, with its arguments: what it is called is asked only when it has ended.
    let call: SafeText
    let onTask: Double
    /// By the calendar, as the worker's own record of it.
    let started: Double
    /// What its worker serves: the task is of one of these.
    let queues: [SafeText]

    func isSame(as other: Run) -> Bool {
      abs(other.started - started) <= 1 && (other.call == call || WorkBook.name(other.call) == WorkBook.name(call))
    }
  }

  private struct Place: Hashable {
    let source: SafeText
    let queue: SafeText
  }

  private var seen: [Place: [SafeText: Seen]] = [:]
  /// By source and worker.
  private var current: [SafeText: [ResourceID: Run]] = [:]

  mutating func observed(_ observation: Observation) {
    guard observation.facets.contains(.workers) else { return }
    // Those of this source are walked once, and only what a worker is at is remembered.
    var next: [ResourceID: Run] = [:]
    let source = observation.source
    let workers = observation.workers
    let known = current[source] ?? [:]
    for place in workers.indices {
      var now: Run?
      if let call = workers[place].currentTask, let onTask = workers[place].onTask {
        now = Run(call: call, onTask: onTask, started: observation.at.unix - onTask, queues: workers[place].queues)
      }
      if let before = known[workers[place].id], !(now?.isSame(as: before) ?? false) {
        for queue in before.queues { end(before, at: Place(source: source, queue: queue), observation.at) }
      }
      if let now { next[workers[place].id] = now }
    }
    current[source] = next
  }

  private mutating func end(_ run: Run, at place: Place, _ at: Moment) {
    var known = seen[place] ?? [:]
    let task = Self.name(run.call)
    guard known[task] != nil || known.count < Self.most else { return }
    var entry = known[task] ?? Seen(last: at)
    entry.lasted = entry.lasted.suffix(14) + [run.onTask]
    entry.last = at
    known[task] = entry
    seen[place] = known.filter { at.age(since: $0.value.last) < Self.span }
  }

  /// Tasks that workers of a queue were seen to end, usually within `limit` seconds; the most frequent first.
  func quick(in queue: SafeText, of source: SafeText, limit: Double, at now: Moment) -> [SafeText] {
    (seen[Place(source: source, queue: queue)] ?? [:]).filter { $0.value.usual <= limit && now.age(since: $0.value.last) < Self.span }
      .sorted { ($0.value.lasted.count, $1.key) > ($1.value.lasted.count, $0.key) }.map(\.key)
  }

  /// `payments.settle` of `payments.settle(order_id=7)`.
  static func name(_ task: SafeText) -> SafeText {
    guard let end = task.text.firstIndex(of: "("), end > task.text.startIndex else { return task.prefix(60) }
    return SafeText(escaping: String(task.text[..<end]), limit: 60)
  }
}
