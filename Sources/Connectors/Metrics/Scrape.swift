import OpsModel

/// What the scrapes of one endpoint have told so far.
struct Scrape {
  let source: SafeText
  private var evaluator: ScrapeEvaluator
  private var names = MetricNames(MetricNames.all)
  private var reader = ExpositionReader()
  private var isOpenMetrics = false
  private var present: Set<String> = []
  private var version: SafeText?
  private var startTime: Double?
  /// Its event-loop histogram is emptied by every scrape.
  private(set) var resets = false

  init(source: SafeText, interval: Double) {
    self.source = source
    evaluator = ScrapeEvaluator(interval: interval)
  }

  /// - Throws: `Failure.garbage` where the body is no exposition at all.
  mutating func take(_ answer: HTTPAnswer, at now: Double) throws(Failure) {
    var reader = ExpositionReader()
    var found: [String: [MetricSample]] = [:]
    var names = names
    reader.read(answer.body) {
      names.canonical($0) != nil
    } take: { sample in
      if let name = names.canonical(Substring(sample.name)) { found[name, default: []].append(sample) }
    }
    self.names = names
    if reader.series == 0 && reader.malformed > 0 { throw .garbage(beginning: answer.body) }
    self.reader = reader
    isOpenMetrics = answer.contentType.lowercased().hasPrefix("application/openmetrics-text")
    present = Set(found.keys)
    resets = LanguageMarks.resetting.contains { present.contains($0) }
    let start = found["process_start_time_seconds"]?.map(\.value).filter(\.isFinite).min()
    startTime = start.flatMap { $0 > 0 ? $0 : nil }
    for mark in LanguageMarks.versions {
      if let text = found[mark.name]?.first?.label(mark.label), !text.isEmpty {
        version = "\(mark.words)\(SafeText(escaping: text, limit: 40))"
      }
    }
    evaluator.update(found, counters: MetricNames.counters, startTime: startTime, at: now)
  }

  func state(_ id: ResourceID, name: SafeText, from rung: Rung) -> RuntimeState {
    var state = RuntimeState(id: id, name: name, language: LanguageMarks.language { present.contains($0) } ?? .native)
    state.version = version
    state.startedAt = startTime
    for rule in SignalRules.all where state.signals[rule.signal] == nil {
      guard let found = evaluator.value(rule.expression), SignalRule.isKnown(rule.signal, found.value) else { continue }
      state.signals.set(rule.signal, found.value, from: rung, found.isClamped ? .atLeast : rule.bound)
    }
    state.collections = CollectionFamilies.read(evaluator)
    state.pools = PoolFamilies.read(evaluator)
    state.costs = CostRules.read(evaluator)
    return state
  }

  var notices: [Notice] {
    var out: [Notice] = []
    if reader.malformed > 0 {
      let example = reader.example.map { ": \(SafeText(bytes: $0, limit: 80))" as SafeText } ?? ""
      out.append(
        Notice(
          .warning, "\(Units.count(reader.malformed, "line")) of \(Units.count(reader.series + reader.malformed)) can not be read\(example)"
        ))
    }
    if reader.isCut { out.append(Notice(.warning, "more than \(Units.count(ExpositionReader.mostSeries)) series: the rest is left out")) }
    if isOpenMetrics && !reader.hasEnd { out.append(Notice(.warning, "the body has no end mark: it may be cut off")) }
    return out
  }
}
