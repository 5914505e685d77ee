/// What ails a process, by the numbers that are known of it. Every verdict names its evidence; a rule whose numbers are not known says
/// nothing. Bounds: runtimes.md section 4, in the spirit of clinic doctor.
public struct Diagnosis {
  public struct Verdict: Hashable, Sendable {
    public let severity: Severity
    /// `loop blocked by code`
    public let title: SafeText
    /// `p99 182ms, utilisation 94 %, GC 2 %`
    public let evidence: SafeText

    public var sentence: SafeText { "\(title): \(evidence)" }
  }

  /// What lies between polls.
  public struct Trend: Sendable {
    /// Growth of `heapAfterGC` and of `rss` in bytes per second, over at least five collections or minutes.
    public var afterGC: Double?
    public var rss: Double?
    public var heap: Double?
    /// Its pool was exhausted, with work waiting, at the look before this one as well.
    public var wasExhausted = false
    /// Processes killed for want of memory in its control group since this console first looked.
    public var newKills: Int?
    /// Share of time in which a task of its group, or of the host, waited for memory.
    public var memoryPressure: Double?

    public init() {}
  }

  let state: RuntimeState
  let signals: SignalSet
  let trend: Trend

  public init(_ state: RuntimeState, _ signals: SignalSet, _ trend: Trend = Trend()) {
    self.state = state
    self.signals = signals
    self.trend = trend
  }

  /// The worst first.
  public var verdicts: [Verdict] {
    let found = [loop, collector, pool, backlog, leak, memory, throttling, starvation, files, errors].compactMap { $0 }
    return found.sorted { $0.severity > $1.severity }
  }

  private static func verdict(_ severity: Severity, _ title: SafeText, _ evidence: [SafeText?]) -> Verdict {
    Verdict(severity: severity, title: title, evidence: SafeText.join(evidence.compactMap { $0 }, ", "))
  }

  private func words(_ label: SafeText, _ signal: Signal) -> SafeText? {
    signals.reading(signal).map { "\(label) \($0.text(signal.unit))" }
  }

  private var gcTime: SafeText? { words("GC", .gcTime) ?? words("GC threads", .gcCPU) }

  // MARK: Rules

  private var loop: Verdict? {
    let main = signals[.loopUtilisation] ?? signals[.mainCPU]
    guard let lag = signals[.loopLagP99], lag > 0.05 else {
      // Without instrumentation: the thread of the loop has not rested, which code that computes and a blocked loop have in common.
      guard state.language == .node, signals[.loopLagP99] == nil, let main, main > 0.9 else { return nil }
      return Self.verdict(
        main > 0.97 ? .warning : .ok, "loop is never idle", [words("main thread", .mainCPU), gcTime, words("backlog", .acceptBacklog)])
    }
    let evidence = [
      words("p99", .loopLagP99), words("utilisation", .loopUtilisation) ?? words("main thread", .mainCPU), gcTime,
      words("run delay", .runDelay),
    ]
    let severity: Severity = lag > 1 ? .critical : .warning
    let isStarved = (signals[.runDelay] ?? 0) > 0.1 || (signals[.throttled] ?? 0) > 0.05
    if isStarved && (main ?? 0) < 0.9 {
      return Self.verdict(severity, "loop starved by the host", evidence + [words("throttled", .throttled)])
    }
    if (signals[.gcTime] ?? 0) > 0.1 { return Self.verdict(severity, "loop held up by collections", evidence) }
    return Self.verdict(severity, (main ?? 0) > 0.9 ? "loop blocked by code" : "loop lags", evidence)
  }

  private var collector: Verdict? {
    let share = heapShare
    let filled = words("after GC", .heapAfterGC).map { text in share.map { "\(text) (\(Units.percent($0)))" } ?? text }
    if let time = signals[.gcTime], time > 0.1 {
      return Self.verdict(time > 0.25 ? .critical : .warning, "GC thrash", [words("GC", .gcTime), filled, words("heap limit", .heapLimit)])
    }
    if let share, share > 0.9, state.language == .jvm || state.language == .node {
      return Self.verdict(.warning, "heap nearly full", [filled ?? words("heap", .heapUsed), words("limit", .heapLimit), gcTime])
    }
    return nil
  }

  /// How full the heap is after a collection, or at all where a collection can not be told.
  private var heapShare: Double? {
    guard let limit = signals[.heapLimit], limit > 0, let used = signals[.heapAfterGC] else { return nil }
    return used / limit
  }

  private var pool: Verdict? {
    guard let active = signals[.poolActive], let size = signals[.poolSize], size > 0, active >= size else { return nil }
    let queue = signals[.poolQueue] ?? 0
    let backlog = signals[.acceptBacklog] ?? 0
    guard queue > 0 || backlog > 0 else { return nil }
    // Of a server with workers the processor time is that of its master alone.
    let isWaiting = state.members.isEmpty && (signals[.cpu].map { $0 < 0.3 * size } ?? false)
    let evidence: [SafeText?] = [
      "\(Units.count(Int(clamped: active))) of \(Units.count(Int(clamped: size))) busy", words("queue", .poolQueue),
      words("backlog", .acceptBacklog),
      words("cpu", .cpu),
    ]
    let title: SafeText = isWaiting ? "pool exhausted, its workers wait for something else" : "pool exhausted"
    return Self.verdict(trend.wasExhausted ? .critical : .warning, title, evidence)
  }

  private var backlog: Verdict? {
    guard pool == nil, let waiting = signals[.acceptBacklog], waiting > 0 else { return nil }
    let limit = state.listeners.compactMap(\.limit).min()
    let isFull = limit.map { Int(clamped: waiting) >= $0 } ?? false
    guard isFull || waiting >= 5 else { return nil }
    return Self.verdict(
      isFull ? .critical : .warning, isFull ? "connections are refused" : "connections wait to be accepted",
      [words("backlog", .acceptBacklog), limit.map { "room for \($0)" }, words("cpu", .cpu)])
  }

  private var leak: Verdict? {
    if let growth = trend.afterGC, growth > 0, let used = signals[.heapAfterGC], growth * 3600 > used * 0.05 {
      return Self.verdict(
        .warning, "leak suspect", ["after GC +\(Units.bytes(growth * 60))/min", words("now", .heapAfterGC), words("limit", .heapLimit)])
    }
    if let growth = trend.rss, let heap = trend.heap, growth > 0, heap <= growth * 0.1, let used = signals[.rss], growth * 3600 > used * 0.2
    {
      return Self.verdict(.warning, "native leak suspect", ["rss +\(Units.bytes(growth * 60))/min", "heap flat", words("rss", .rss)])
    }
    return nil
  }

  private var memory: Verdict? {
    let kills = trend.newKills ?? 0
    if kills > 0 {
      return Self.verdict(
        .critical, "killed for want of memory", ["\(Units.count(kills, "process")) of its group", words("limit", .groupLimit)])
    }
    guard let used = signals[.groupMemory], let limit = signals[.groupLimit], limit > 0, used / limit > 0.9 else { return nil }
    let pressed = (trend.memoryPressure ?? 0) > 0.1
    return Self.verdict(
      pressed ? .critical : .warning, "may be killed for want of memory",
      [
        "group at \(Units.percent(used / limit)) of \(Units.bytes(limit))",
        trend.memoryPressure.map { "memory pressure \(Units.percent($0))" },
      ])
  }

  private var throttling: Verdict? {
    guard let share = signals[.throttled], share > 0.1 else { return nil }
    return Self.verdict(
      share > 0.5 ? .critical : .warning, "throttled by its control group", [words("of periods", .throttled), words("cpu", .cpu)])
  }

  private var starvation: Verdict? {
    guard (signals[.loopLagP99] ?? 0) <= 0.05, let delay = signals[.runDelay], delay > 0.25 else { return nil }
    return Self.verdict(.warning, "waits for a core", [words("run delay", .runDelay), words("cpu", .cpu)])
  }

  private var files: Verdict? {
    guard let open = signals[.openFiles], let limit = signals[.fileLimit], limit > 0, open / limit > 0.9 else { return nil }
    return Self.verdict(
      open / limit > 0.97 ? .critical : .warning, "nearly out of files", [words("open", .openFiles), words("limit", .fileLimit)])
  }

  private var errors: Verdict? {
    guard let share = signals[.requestErrors], share > 0.05, (signals[.requestRate] ?? 0) > 0.1 else { return nil }
    return Self.verdict(
      share > 0.25 ? .critical : .warning, "requests fail",
      [words("errors", .requestErrors), words("of", .requestRate), words("p99", .requestP99)])
  }
}
