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
    /// The look that saw it last.
    let look: Int

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
  private var looks = 0

  mutating func observed(_ observation: Observation) {
    guard observation.facets.contains(.workers) else { return }
    // Changed in place: most of thousands of workers are still at the same task.
    let source = observation.source
    let workers = observation.workers
    var known = current.removeValue(forKey: source) ?? [:]
    var busy = 0
    looks += 1
    for place in workers.indices {
      let id = workers[place].id
      guard let call = workers[place].currentTask, let onTask = workers[place].onTask else {
        if let ended = known.removeValue(forKey: id) { end(ended, of: source, observation.at) }
        continue
      }
      busy += 1
      let now = Run(call: call, onTask: onTask, started: observation.at.unix - onTask, queues: workers[place].queues, look: looks)
      guard let slot = known.index(forKey: id) else {
        known[id] = now
        continue
      }
      if !now.isSame(as: known.values[slot]) { end(known.values[slot], of: source, observation.at) }
      known.values[slot] = now
    }
    // A worker that is gone may not have ended its task.
    if known.count > busy { known = known.filter { $0.value.look == looks } }
    current[source] = known
  }

  private mutating func end(_ run: Run, of source: SafeText, _ at: Moment) {
    for queue in run.queues { end(run, at: Place(source: source, queue: queue), at) }
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
