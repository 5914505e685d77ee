import OpsModel

/// One process of many: its collections by generation, its pools, and its signals over the last half hour.
extension PrometheusConnector: ProcessDetailReader {
  private static let span = 1800.0
  private static let step = 30.0

  func detail(of process: ResourceID) async throws(Failure) -> ProcessDetail {
    let now = clock.now()
    let labels = String(decoding: process.key, as: UTF8.self).split(separator: "\u{1f}", omittingEmptySubsequences: false).map(String.init)
    guard let catalogue, labels.count == identity.count else { throw .notReady("this source was not read yet") }
    let language = catalogue.promQL(identity, only: Array(zip(identity, labels)))
    var out = ProcessDetail(process: process, at: now)
    out.step = Self.step
    try await addCollections(language, catalogue, &out)
    try await addPools(language, &out)
    await addLines(language, now, &out)
    return out
  }

  private func addCollections(_ language: PromQL, _ catalogue: PromCatalogue, _ out: inout ProcessDetail) async throws(Failure) {
    for family in CollectionFamilies.all {
      let kinds = [family.label] + (family.second.map { [$0] } ?? [])
      let grouped = PromQL(identity: kinds, window: catalogue.window, only: language.only, names: language.names)
      let count = MetricSelector(family.count)
      var queries: [(key: Int, query: String)] = []
      if let query = grouped.query(.sum(count)) { queries.append((0, query)) }
      if let query = grouped.query(.rate(count)) { queries.append((1, query)) }
      if let sum = family.sum, let query = grouped.query(.rate(MetricSelector(sum))) { queries.append((2, query)) }
      guard queries.contains(where: { $0.key == 0 }) else { continue }
      var found: [Int: [String: Double]] = [:]
      for (key, result) in await client.vectors(queries, labels: kinds) {
        let rows = try result.get().rows
        found[key] = Dictionary(
          rows.map { ($0.labels.filter { !$0.isEmpty }.joined(separator: ", "), $0.value) }, uniquingKeysWith: { first, _ in first })
      }
      out.collections += (found[0] ?? [:]).sorted { $0.key < $1.key }.map { kind, total in
        var one = RuntimeState.Collection(SafeText(escaping: kind.isEmpty ? "all" : kind, limit: 40))
        one.total = total.isFinite ? Int(clamped: total) : nil
        one.rate = found[1]?[kind].flatMap { $0.isFinite ? $0 : nil }
        one.share = found[2]?[kind].flatMap { $0.isFinite ? $0 : nil }
        one.isPause = !kind.contains("Concurrent") && !kind.contains("Cycles") && !kind.contains("concurrent")
        if let rate = one.rate, rate > 0, let share = one.share { one.average = share / rate }
        return one
      }
    }
  }

  private func addPools(_ language: PromQL, _ out: inout ProcessDetail) async throws(Failure) {
    for family in PoolFamilies.all {
      let grouped = PromQL(identity: [family.label], window: language.window, only: language.only, names: language.names)
      let parts = [(0, family.active), (1, family.size)] + (family.queued.map { [(2, $0)] } ?? [])
      let queries = parts.compactMap { part in grouped.query(.sum(MetricSelector(part.1))).map { (key: part.0, query: $0) } }
      guard queries.contains(where: { $0.key == 0 }) else { continue }
      var found: [Int: [String: Double]] = [:]
      for (key, result) in await client.vectors(queries, labels: [family.label]) {
        found[key] = Dictionary(try result.get().rows.map { ($0.labels[0], $0.value) }, uniquingKeysWith: { first, _ in first })
      }
      func number(_ part: Int, _ name: String) -> Int? {
        found[part]?[name].flatMap { $0.isFinite && $0 >= 0 && $0 < 2e9 ? Int(clamped: $0) : nil }
      }
      out.pools += (found[0] ?? [:]).keys.sorted().map { name in
        RuntimeState.Pool(
          SafeText(escaping: name.isEmpty ? family.active : name, limit: 40), active: number(0, name), size: number(1, name),
          queued: number(2, name))
      }
    }
  }

  /// What is too dear for the server is left out.
  private func addLines(_ language: PromQL, _ now: Moment, _ out: inout ProcessDetail) async {
    // The last point is of now, by the server's look back; round times let it keep its answers.
    let end = (now.unix / Self.step).rounded(.up) * Self.step
    let signals: [Signal] = [
      .loopLagP99, .loopUtilisation, .gcTime, .heapUsed, .heapAfterGC, .rss, .cpu, .poolActive, .requestRate, .requestP99,
    ]
    let queries = signals.compactMap { signal in
      language.query(anyOf: SignalRules.all.filter { $0.signal == signal }.map(\.expression)).map { (key: signal, query: $0) }
    }
    for (signal, result) in await client.ranges(queries, from: end - Self.span, to: end, step: Self.step) {
      switch result {
      case .success(let points):
        let count = Int(Self.span / Self.step) + 1
        var line = [Double?](repeating: nil, count: count)
        for (time, value) in points {
          let index = Int(((time - (end - Self.span)) / Self.step).rounded())
          let size = abs(value)
          if index >= 0, index < count, SignalRule.isKnown(signal, size) { line[index] = size }
        }
        if line.contains(where: { $0 != nil }) { out.lines[signal] = line }
      case .failure(let failure): out.gaps.append("\(signal.name) over time: \(failure.what)")
      }
    }
  }
}
