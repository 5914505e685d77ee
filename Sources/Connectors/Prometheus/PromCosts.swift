import OpsModel

/// What requests and tasks cost, by the metrics of instrumented services. Asked twice a minute.
struct PromCosts {
  private static let age = 30.0
  /// Names of tasks beyond these are left out, the rarest first.
  private static let most = 50

  private enum Part: CaseIterable { case count, queries, database, total, memory }

  private struct Key: Sendable {
    let rule: Int
    let part: Part
  }

  private var readAt = -Double.infinity
  private var known: [String: [Cost]] = [:]

  mutating func read(_ client: PromClient, _ catalogue: PromCatalogue, _ identity: [String], at now: Double) async throws(Failure)
    -> [String: [Cost]]
  {
    guard now - readAt > Self.age else { return known }
    known = [:]
    for (index, rule) in CostRules.all.enumerated() {
      let labels = identity + (rule.label.map { [$0] } ?? [])
      let language = catalogue.promQL(labels)
      let queries: [(key: Key, query: String)] = Part.allCases.compactMap { part in
        guard let selector = Self.selector(rule, part), let query = language.query(.rate(selector)) else { return nil }
        return (Key(rule: index, part: part), part == .count && rule.label != nil ? "topk(\(Self.most), \(query))" : query)
      }
      guard queries.contains(where: { $0.key.part == .count }) else { continue }
      var found: [Part: [String: Double]] = [:]
      for (key, result) in await client.vectors(queries, labels: labels) {
        switch result {
        case .success(let vector):
          found[key.part] = Dictionary(
            vector.rows.map { (PromCatalogue.key($0.labels), $0.value) }, uniquingKeysWith: { first, _ in first })
        // What a request costs is worth no failure of the rest.
        case .failure: continue
        }
      }
      add(rule, found, catalogue.windowSeconds, identity.count)
    }
    readAt = now
    return known
  }

  private static func selector(_ rule: CostRules, _ part: Part) -> MetricSelector? {
    switch part {
    case .count: rule.count
    case .queries: rule.queries
    case .database: rule.database
    case .total: rule.total
    case .memory: rule.memory
    }
  }

  private mutating func add(_ rule: CostRules, _ found: [Part: [String: Double]], _ window: Double, _ width: Int) {
    for (key, rate) in (found[.count] ?? [:]).sorted(by: { $0.key < $1.key }) where rate.isFinite {
      let labels = key.split(separator: "\u{1f}", omittingEmptySubsequences: false).map(String.init)
      let name = labels.count > width ? labels[width] : ""
      var cost = Cost(rule.unit, name: SafeText(escaping: name, limit: 80), window: window, count: rate * window)
      func part(_ part: Part) -> Cost.Part? {
        guard rate > 0, let used = found[part]?[key], used.isFinite else { return nil }
        return Cost.Part(used / rate, from: rule.from)
      }
      cost.queries = part(.queries)
      cost.databaseTime = part(.database)
      cost.totalTime = part(.total)
      cost.memory = part(.memory)
      known[PromCatalogue.key(labels.prefix(width)), default: []].append(cost)
    }
  }
}
