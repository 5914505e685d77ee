import OpsModel

/// What a request or a task costs, by metrics: rates of what it used over the rate of how many there were.
struct CostRules: Sendable {
  let unit: Cost.Unit
  /// The label by which it is told apart; all together where nil.
  let label: String?
  let count: MetricSelector
  var queries: MetricSelector?
  var database: MetricSelector?
  var total: MetricSelector?
  var memory: MetricSelector?
  /// Where the number of queries comes from, in a word.
  let from: SafeText

  var expressions: [MetricExpression] { ([count] + [queries, database, total, memory].compactMap { $0 }).map { .rate($0) } }

  static let all: [CostRules] = [
    CostRules(
      unit: .request, label: nil, count: MetricSelector("django_http_responses_total_by_status_view_method_total"),
      queries: MetricSelector("django_db_execute_total"), database: MetricSelector("django_db_query_duration_seconds_sum"),
      total: MetricSelector("django_http_requests_latency_seconds_by_view_method_sum"), from: "django"),
    CostRules(
      unit: .request, label: nil, count: MetricSelector("http_server_requests_seconds_count"),
      queries: MetricSelector("hibernate_statements_total"),
      total: MetricSelector("http_server_requests_seconds_sum"), memory: MetricSelector("jvm_gc_memory_allocated_bytes_total"),
      from: "micrometer"),
    CostRules(
      unit: .request, label: nil, count: MetricSelector("http_server_request_duration_seconds_count"),
      queries: MetricSelector("db_client_operation_duration_seconds_count"),
      database: MetricSelector("db_client_operation_duration_seconds_sum"),
      total: MetricSelector("http_server_request_duration_seconds_sum"),
      memory: MetricSelector("dotnet_gc_heap_total_allocated_bytes_total"), from: "otel"),
    CostRules(
      unit: .request, label: nil, count: MetricSelector("http_request_duration_seconds_count"),
      total: MetricSelector("http_request_duration_seconds_sum"),
      memory: MetricSelector("go_memstats_alloc_bytes_total"), from: "metrics"),
    CostRules(
      unit: .task, label: "name", count: MetricSelector("celery_task_runtime_count"), total: MetricSelector("celery_task_runtime_sum"),
      from: "celery-exporter"),
    CostRules(
      unit: .task, label: "task", count: MetricSelector("flower_task_runtime_seconds_count"),
      total: MetricSelector("flower_task_runtime_seconds_sum"),
      from: "flower"),
  ]

  /// Of one scraped process.
  static func read(_ evaluator: ScrapeEvaluator) -> [Cost] {
    all.flatMap { rule -> [Cost] in
      guard let label = rule.label else { return rule.cost(evaluator, "", { $0 }).map { [$0] } ?? [] }
      let names = Set(evaluator.matching(rule.count).compactMap { $0.label(label) }).sorted()
      return names.prefix(100).compactMap { name in
        rule.cost(evaluator, name) { MetricSelector($0.name, [(label, .equals(name))]) }
      }
    }
  }

  private func cost(_ evaluator: ScrapeEvaluator, _ name: String, _ narrowed: (MetricSelector) -> MetricSelector) -> Cost? {
    guard let counted = evaluator.growth(narrowed(count)) else { return nil }
    var cost = Cost(unit, name: SafeText(escaping: name, limit: 80), window: counted.seconds, count: counted.by)
    func part(_ selector: MetricSelector?) -> Cost.Part? {
      guard let selector, counted.by > 0, let used = evaluator.growth(narrowed(selector)) else { return nil }
      return Cost.Part(used.by / counted.by, from: from)
    }
    cost.queries = part(queries)
    cost.databaseTime = part(database)
    cost.totalTime = part(total)
    cost.memory = part(memory)
    return cost
  }
}
