/// Finds bad habits in samples and observations. Each finding says what was seen and why it hurts.
public enum HygieneRules {
  /// Bytes of a payload that is more than an id and some words.
  public static let largePayload = 4096
  /// How many times longer slow tasks take than quick ones, and seconds that they take at least.
  static let spread = 20.0
  static let slow = 10.0
  /// Statements per second that are called polling, and rows per call that are called nothing.
  static let polling = 5.0

  public static func tasks(_ samples: [TaskSample], source: SafeText) -> [HygieneFinding] {
    let groups = Dictionary(grouping: samples) { "\($0.queue.text)\u{0}\($0.task.text)" }.values.compactMap { group in
      group.first.map { (first: $0, all: group) }
    }
    let each = groups.sorted { ($0.first.queue, $0.first.task) < ($1.first.queue, $1.first.task) }.flatMap {
      of($0.all, $0.first.queue, $0.first.task, source)
    }
    return each + mixed(samples, source)
  }

  private static func of(_ group: [TaskSample], _ queue: SafeText, _ task: SafeText, _ source: SafeText) -> [HygieneFinding] {
    let subject: SafeText = "\(task.prefix(60)) in \(queue.prefix(40))"
    func found(_ rule: SafeText, _ seen: SafeText, _ why: SafeText, severity: Severity = .warning) -> HygieneFinding {
      HygieneFinding(rule, source: source, subject: subject, severity: severity, seen: seen, why: why)
    }
    var out: [HygieneFinding] = []
    if group.contains(where: { $0.timeLimit == .infinity }) {
      out.append(found("no-time-limit", "no time limit", "one call that never returns holds a worker for ever"))
    }
    if group.contains(where: { $0.retries == .infinity }) {
      out.append(found("no-retry-limit", "retries without end", "what can not succeed is tried for ever and keeps workers busy"))
    }
    if group.contains(where: { $0.vanishes }) {
      out.append(found("vanishes", "no retries, and no dead letter when it fails", "work that fails once is lost without a trace"))
    }
    let sizes = group.compactMap(\.size)
    if let largest = sizes.max(), largest >= largePayload {
      out.append(
        found(
          "whole-object", "carries up to \(Units.bytes(Double(largest))): whole objects rather than ids",
          "the broker's memory fills, and the worker acts on data that was true when the task was sent",
          severity: largest >= 1_048_576 ? .critical : .warning))
    }
    if group.contains(where: { $0.resultKept == .infinity }) {
      out.append(found("results-for-ever", "its results never expire", "the result store grows until its memory is full"))
    }
    return out
  }

  /// Quick and slow tasks in one queue.
  private static func mixed(_ samples: [TaskSample], _ source: SafeText) -> [HygieneFinding] {
    Dictionary(grouping: samples.filter { $0.took != nil }, by: \.queue).sorted { $0.key < $1.key }.compactMap { queue, done in
      let usual = Dictionary(grouping: done, by: \.task).mapValues { group in
        let times = group.compactMap(\.took).sorted()
        return times[times.count / 2]
      }
      guard let quick = usual.min(by: { ($0.value, $0.key) < ($1.value, $1.key) }),
        let long = usual.max(by: { ($0.value, $0.key) < ($1.value, $1.key) }), long.value >= slow,
        long.value >= spread * max(quick.value, 0.01)
      else { return nil }
      return HygieneFinding(
        "mixed-speed", source: source, subject: queue,
        seen: "\(long.key.prefix(40)) takes \(Units.duration(long.value)), \(quick.key.prefix(40)) \(Units.duration(quick.value))",
        why: "a few slow tasks hold all workers, and quick ones wait behind them")
    }
  }

  /// What an observation alone tells.
  public static func observed(_ observation: Observation) -> [HygieneFinding] { everything(observation) + brokers(observation) }

  /// Workers that all serve every queue: then no queue is sure of any.
  private static func everything(_ observation: Observation) -> [HygieneFinding] {
    let queues = Set(observation.queues.lazy.filter { ($0.workers ?? 1) > 0 }.map(\.name))
    guard queues.count >= 3 else { return [] }
    var workers = 0
    for worker in observation.workers where !worker.queues.isEmpty && worker.activity != .lost {
      guard worker.queues.count >= queues.count, queues.isSubset(of: worker.queues) else { return [] }
      workers += 1
    }
    guard workers >= 2 else { return [] }
    return [
      HygieneFinding(
        "workers-on-everything", source: observation.source, subject: "workers",
        seen: "all \(workers) workers serve all \(queues.count) queues",
        why: "one full queue takes every worker from the others; urgent work has none of its own")
    ]
  }

  /// A database that is asked for work again and again.
  private static func brokers(_ observation: Observation) -> [HygieneFinding] {
    guard let log = observation.statements else { return [] }
    let window = log.window(60)
    return window.rows.prefix(100).compactMap { row in
      guard let text = log.texts[row.key]?.text.lowercased(), text.contains("skip locked"), let rate = window.perSecond(row.counters.calls),
        rate >= polling
      else { return nil }
      let empty = row.counters.calls > 0 ? 1 - min(1, row.counters.rows / row.counters.calls) : 0
      return HygieneFinding(
        "database-broker", source: observation.source, subject: SafeText(escaping: String(text.prefix(60))),
        severity: empty > 0.5 ? .warning : .ok, seen: "asked for work \(Units.rate(rate)), \(Units.percent(empty)) of it for nothing",
        why: "every worker that polls costs transactions and dead rows, also when there is no work")
    }
  }
}
