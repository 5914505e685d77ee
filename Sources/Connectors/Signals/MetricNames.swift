/// Which metrics are of use here: their names as the rules know them, found behind whatever prefix an application has.
struct MetricNames {
  private let known: Set<String>
  private var found: [Substring: String?] = [:]

  init(_ known: Set<String>) { self.known = known }

  /// The name that rules know; nil where none does.
  mutating func canonical(_ full: Substring) -> String? {
    if let cached = found[full] { return cached }
    let made = search(String(full))
    // Names that change with every scrape must not pile up.
    if found.count > 20_000 { found = [:] }
    // The text would keep the whole body alive.
    found[Substring(String(full))] = made
    return made
  }

  /// Node's client puts a prefix of the application before its own names and those of the process. Elsewhere what stands before a known
  /// name makes it another one: `windows_process_…` is of all processes, `outbound_http_…` of what a service asks of others.
  private func search(_ full: String) -> String? {
    if known.contains(full) { return full }
    var rest = Substring(full)
    var words = 0
    while let mark = rest.firstIndex(of: "_") {
      let first = rest[..<mark]
      rest = rest[rest.index(after: mark)...]
      words += 1
      guard known.contains(String(rest)) else { continue }
      if rest.hasPrefix("nodejs_") { return String(rest) }
      if rest.hasPrefix("process_"), words == 1, !Self.others.contains(first) { return String(rest) }
    }
    return nil
  }

  private static let others: Set<Substring> = ["windows", "namedprocess", "container", "node", "host", "system"]

  /// Metrics of rules, marks, collections, pools and costs.
  static let all: Set<String> = {
    var names = Set(SignalRules.all.flatMap { $0.expression.selectors.map(\.name) })
    names.formUnion(LanguageMarks.all.map(\.name))
    names.formUnion(LanguageMarks.versions.map(\.name))
    names.formUnion(CollectionFamilies.all.flatMap(\.names))
    names.formUnion(PoolFamilies.all.flatMap(\.names))
    names.formUnion(CostRules.all.flatMap { $0.expressions.flatMap { $0.selectors.map(\.name) } })
    names.insert("process_start_time_seconds")
    return names
  }()

  /// Those that only grow, whose values are kept from scrape to scrape.
  static let counters: Set<String> = {
    var names: Set<String> = []
    func add(_ expression: MetricExpression) {
      switch expression {
      case .rate(let one), .quantile(_, let one): names.insert(one.name)
      case .share(let part, let whole): names.formUnion([part.name, whole.name])
      case .ratio(let left, let right), .product(let left, let right):
        add(left)
        add(right)
      case .affine(let inner, _, _): add(inner)
      case .sum, .most: break
      }
    }
    for rule in SignalRules.all { add(rule.expression) }
    for rule in CostRules.all { for expression in rule.expressions { add(expression) } }
    names.formUnion(CollectionFamilies.all.flatMap(\.names))
    return names
  }()
}
