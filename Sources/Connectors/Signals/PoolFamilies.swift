import OpsModel

/// Pools of threads and connections, as libraries name them.
struct PoolFamilies {
  let active: String
  let size: String
  let queued: String?
  let label: String

  var names: [String] { [active, size] + (queued.map { [$0] } ?? []) }

  static let all: [PoolFamilies] = [
    PoolFamilies(active: "tomcat_threads_busy_threads", size: "tomcat_threads_config_max_threads", queued: nil, label: "name"),
    PoolFamilies(active: "jetty_threads_busy", size: "jetty_threads_config_max", queued: "jetty_threads_jobs", label: "name"),
    PoolFamilies(active: "executor_active_threads", size: "executor_pool_max_threads", queued: "executor_queued_tasks", label: "name"),
    PoolFamilies(
      active: "hikaricp_connections_active", size: "hikaricp_connections_max", queued: "hikaricp_connections_pending", label: "pool"),
    PoolFamilies(active: "jdbc_connections_active", size: "jdbc_connections_max", queued: nil, label: "name"),
  ]

  static func read(_ evaluator: ScrapeEvaluator) -> [RuntimeState.Pool] {
    all.flatMap { family in
      evaluator.matching(MetricSelector(family.active)).map { sample in
        let name = sample.label(family.label) ?? family.active
        func other(_ metric: String?) -> Int? {
          guard let metric else { return nil }
          let found = evaluator.matching(MetricSelector(metric)).first { $0.label(family.label) == sample.label(family.label) }
          // An executor without a bound tells the largest number there is.
          return found.flatMap { $0.value < 2e9 && $0.value >= 0 ? Int(clamped: $0.value) : nil }
        }
        return RuntimeState.Pool(
          SafeText(escaping: name, limit: 40), active: Int(clamped: sample.value), size: other(family.size), queued: other(family.queued))
      }
    }
  }
}
