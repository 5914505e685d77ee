import OpsModel

/// What lies between two looks at one JVM.
struct JVMRecord {
  private var times: [Int: CounterWindow] = [:]
  private var counts: [Int: CounterWindow] = [:]
  private var safepoints = CounterWindow(length: 15)
  /// Pauses as they were seen, with when.
  private var pauses: [(at: Double, length: Double)] = []
  private var lasts: [Int: Int64] = [:]
  private var hasLooked = false
  /// The least that was in use after each of the latest looks that saw a collection.
  private var lows: [(collections: Int, used: Double)] = []

  /// Seconds for which the longest pause is remembered.
  private static let memory = 60.0

  mutating func take(_ view: HsPerfView, at now: Double, into state: inout RuntimeState) {
    let collectors = view.collectors
    for one in collectors {
      times[one.index, default: CounterWindow(length: 15)].add(one.time, at: now)
      counts[one.index, default: CounterWindow(length: 15)].add(Double(one.invocations), at: now)
      if let last = one.last, let ended = one.ended, lasts[one.index] != ended {
        // What ended before the first look may be hours old.
        if hasLooked && !view.isShenandoah { pauses.append((now, last)) }
        lasts[one.index] = ended
      }
    }
    hasLooked = true
    if let time = view.safepointTime { safepoints.add(time, at: now) }
    pauses.removeAll { now - $0.at > Self.memory }
    state.signals.set(.heapUsed, view.used, from: .hsperfdata)
    state.signals.set(.heapLimit, view.limit, from: .hsperfdata)
    state.signals.set(.threads, view.liveThreads, from: .hsperfdata)
    collections(collectors, view, &state)
    afterCollection(collectors, view, &state)
  }

  private func collections(_ collectors: [HsPerfView.Collector], _ view: HsPerfView, _ state: inout RuntimeState) {
    let number = collectors.compactMap { counts[$0.index]?.rate }.reduce(0, +)
    let share = collectors.compactMap { times[$0.index]?.rate }.reduce(0, +)
    let isKnown = collectors.contains { counts[$0.index]?.rate != nil }
    if isKnown {
      state.signals.set(.gcRate, number, from: .hsperfdata)
      // Shenandoah counts the whole cycle; the time at safepoints holds its pauses, and those of others.
      let spent = view.isShenandoah ? safepoints.rate : share
      state.signals.set(.gcTime, spent, from: .hsperfdata, view.isShenandoah ? .atMost : .exact)
      if !view.isShenandoah, number > 0 { state.signals.set(.gcPauseAverage, share / number, from: .hsperfdata) }
    }
    // Of several pauses between two looks only the last one is told.
    if let longest = pauses.map(\.length).max() { state.signals.set(.gcPauseMax, longest, from: .hsperfdata, .atLeast) }
    state.collections = collectors.map { one in
      var out = RuntimeState.Collection(SafeText(escaping: one.name, limit: 40))
      out.total = one.invocations
      out.rate = counts[one.index]?.rate
      out.share = times[one.index]?.rate
      out.last = one.last
      out.isPause = !view.isShenandoah
      if let counted = counts[one.index]?.growth, counted.by > 0, let spent = times[one.index]?.growth {
        out.average = spent.by / counted.by
      }
      return out
    }
  }

  /// What is in use is never less than what a collection left: the least of the latest looks bounds it from above.
  private mutating func afterCollection(_ collectors: [HsPerfView.Collector], _ view: HsPerfView, _ state: inout RuntimeState) {
    let done = collectors.reduce(0) { $0 + $1.invocations }
    state.fullCollections = view.cycles
    guard let used = view.used, done > 0 else { return }
    if let last = lows.last, last.collections == done {
      lows[lows.count - 1].used = min(last.used, used)
    } else {
      lows.append((done, used))
      if lows.count > 10 { lows.removeFirst() }
    }
    state.signals.set(.heapAfterGC, lows.map(\.used).min(), from: .hsperfdata, .atMost)
  }
}
