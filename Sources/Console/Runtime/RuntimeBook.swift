import OpsModel

/// What the console remembers of processes between observations: whose numbers are kept for charts, and what trends need.
struct RuntimeBook: Sendable {
  /// Processes of one source whose numbers are kept: half an hour of ten numbers is some seventy kilobytes each.
  static let most = 150
  /// Numbers that are kept.
  static let kept: [Signal] = [
    .loopLagP99, .loopUtilisation, .gcTime, .gcPauseMax, .heapUsed, .heapAfterGC, .rss, .cpu, .runDelay, .poolActive, .acceptBacklog,
    .requestRate,
    .requestP99, .allocation,
  ]
  /// Collections, and seconds, without which nothing is called a leak.
  private static let fewest = 5
  private static let shortest = 300.0

  private var recorded: [SafeText: Set<ResourceID>] = [:]
  private var firstFull: [ResourceID: Int] = [:]
  /// Since when a pool was seen full at every look.
  private var exhausted: [ResourceID: Double] = [:]

  /// Keeps the numbers of a source's processes; of very many those that are in trouble, or were once.
  mutating func record(_ observation: Observation, troubled: Set<ResourceID>, into history: inout History) {
    let states = observation.runtimes
    let known = Set(states.map(\.id))
    var chosen = (recorded[observation.source] ?? []).intersection(known)
    if chosen.count < Self.most {
      for id in states.lazy.map(\.id).filter({ troubled.contains($0) }).prefix(Self.most - chosen.count) { chosen.insert(id) }
    }
    if chosen.count < Self.most {
      for id in states.lazy.map(\.id).filter({ !chosen.contains($0) }).prefix(Self.most - chosen.count) { chosen.insert(id) }
    }
    recorded[observation.source] = chosen
    for state in states where chosen.contains(state.id) {
      for signal in Self.kept {
        if let value = state.signals[signal] { history.record(value, .signal(signal), of: state.id, at: observation.at) }
      }
      if let full = state.fullCollections, firstFull[state.id] == nil { firstFull[state.id] = full }
    }
    firstFull = firstFull.filter { $0.key.source != observation.source || known.contains($0.key) }
  }

  private typealias Groups = [SafeText: [SafeText: HostState.ControlGroup]]

  private func trend(_ state: RuntimeState, _ ids: [ResourceID], _ view: StoreView, _ groups: Groups) -> Diagnosis.Trend {
    var trend = Diagnosis.Trend()
    // Another source's look at the same moment is not a second one.
    if let since = exhausted[state.id], let now = ids.compactMap({ view.source($0.source)?.reading.at?.steady }).max() {
      trend.wasExhausted = now - since > 1
    }
    for id in ids {
      let collections = state.fullCollections.flatMap { now in firstFull[id].map { now - $0 } } ?? 0
      if collections >= Self.fewest, let slope = view.history.slope(.signal(.heapAfterGC), of: id, atLeast: Self.shortest) {
        trend.afterGC = slope
      }
      if trend.rss == nil { trend.rss = view.history.slope(.signal(.rss), of: id, atLeast: Self.shortest * 2) }
      if trend.heap == nil { trend.heap = view.history.slope(.signal(.heapUsed), of: id, atLeast: Self.shortest * 2) }
    }
    for source in view.sources {
      guard let host = source.reading.value?.host, host.name == state.host else { continue }
      let group = state.group.flatMap { groups[source.name]?[$0] }
      trend.newKills = group?.newOOMKills
      trend.memoryPressure = group?.memoryPressure ?? host.pressure.first { $0.resource == .memory }?.some
    }
    return trend
  }

  /// All processes anew, with what ails them. Called when a source that tells of processes was read.
  mutating func processes(_ view: StoreView) -> [ProcessView] {
    var full: [ResourceID: Double] = [:]
    var groups: Groups = [:]
    for source in view.sources {
      guard let host = source.reading.value?.host else { continue }
      groups[source.name] = Dictionary(host.groups.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
    }
    let out: [ProcessView] = ProcessMerge.of(view.sources).compactMap { states in
      guard let (state, signals, ids) = ProcessMerge.joined(states) else { return nil }
      if let active = signals[.poolActive], let size = signals[.poolSize], size > 0, active >= size {
        full[state.id] = exhausted[state.id] ?? ids.compactMap { view.source($0.source)?.reading.at?.steady }.max() ?? 0
      }
      let verdicts = Diagnosis(state, signals, trend(state, ids, view, groups)).verdicts
      return ProcessView(state: state, signals: signals, ids: ids, verdicts: verdicts)
    }
    exhausted = full
    return out
  }
}
