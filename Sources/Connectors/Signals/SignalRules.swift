import OpsModel

/// Every rule. Those before win where a process reports by several libraries. Names: runtimes.md section 2.
enum SignalRules {
  static let all: [SignalRule] = node + jvm + go + dotnet + python + process + requests

  /// How far the delay of an idle loop lies above zero: the resolution of Node's own sampling, unless an application chose another.
  static let resolution = 0.010

  private static func lag(_ signal: Signal, _ part: String) -> [SignalRule] {
    ["nodejs_eventloop_lag_\(part)_seconds", "nodejs_eventloop_delay_\(part)_seconds", "nodejs_event_loop_lag_\(part)_seconds"].map {
      // An empty window tells 0, which no loop ever has: even an idle one is late by the resolution.
      SignalRule(signal, .affine(.most(MetricSelector($0, above: 0)), times: 1, plus: -resolution))
    }
  }

  private static let node: [SignalRule] =
    lag(.loopLagP50, "p50") + lag(.loopLagP99, "p99") + lag(.loopLagMax, "max") + [
      SignalRule(
        .loopUtilisation, .rate(MetricSelector("nodejs_eventloop_time_seconds_total", [("nodejs_eventloop_state", .equals("active"))]))),
      SignalRule(.loopUtilisation, .most(MetricSelector("nodejs_eventloop_utilization"))),
      SignalRule(.loopUtilisation, .most(MetricSelector("nodejs_eventloop_utilization_ratio"))),
      SignalRule(.loopUtilisation, .most(MetricSelector("nodejs_performance_event_loop_utilization"))),
      // prom-client counts the first collection of each batch only.
      SignalRule(.gcTime, .rate(MetricSelector("nodejs_gc_duration_seconds_sum")), .atLeast),
      SignalRule(.gcTime, .rate(MetricSelector("v8js_gc_duration_seconds_sum"))),
      SignalRule(.gcRate, .rate(MetricSelector("nodejs_gc_duration_seconds_count")), .atLeast),
      SignalRule(.gcRate, .rate(MetricSelector("v8js_gc_duration_seconds_count"))),
      SignalRule(.gcPauseP99, .quantile(0.99, MetricSelector("nodejs_gc_duration_seconds_bucket"))),
      SignalRule(.gcPauseP99, .quantile(0.99, MetricSelector("v8js_gc_duration_seconds_bucket"))),
      SignalRule(.gcPauseAverage, .mean("nodejs_gc_duration_seconds")),
      SignalRule(.gcPauseAverage, .mean("v8js_gc_duration_seconds")),
      SignalRule(.heapUsed, .sum(MetricSelector("nodejs_heap_size_used_bytes"))),
      SignalRule(.heapUsed, .sum(MetricSelector("v8js_memory_heap_used_bytes"))),
    ]

  /// Counted by time, these are no pauses.
  private static let pausing: [(String, MetricSelector.Match)] = [("gc", .lacks(["Concurrent", "Cycles"]))]
  /// The same of OTel, whose labels have other names; an action tells what stops the application and what only ends.
  private static let pausingOTel: [(String, MetricSelector.Match)] = [
    ("jvm_gc_name", .lacks(["Concurrent", "Cycles"])), ("jvm_gc_action", .lacks(["end of concurrent", "end of GC cycle"])),
  ]
  private static let heap: [(String, MetricSelector.Match)] = [("area", .equals("heap"))]
  private static let typed: [(String, MetricSelector.Match)] = [("jvm_memory_type", .equals("heap"))]

  private static let jvm: [SignalRule] =
    [
      // One series per area, or one per pool: added up they are the same.
      SignalRule(.heapUsed, .sum(MetricSelector("jvm_memory_used_bytes", heap))),
      SignalRule(.heapUsed, .sum(MetricSelector("jvm_memory_used_bytes", typed))),
      SignalRule(.heapUsed, .sum(MetricSelector("jvm_memory_bytes_used", heap))),
      SignalRule(.heapLimit, .sum(MetricSelector("jvm_memory_max_bytes", heap, above: 0))),
      SignalRule(.heapLimit, .sum(MetricSelector("jvm_memory_limit_bytes", typed, above: 0))),
      SignalRule(.heapLimit, .sum(MetricSelector("jvm_memory_bytes_max", heap, above: 0))),
      // 0 until a full collection.
      SignalRule(.heapAfterGC, .sum(MetricSelector("jvm_gc_live_data_size_bytes", above: 0))),
      // 0 until the old generation was collected once.
      SignalRule(
        .heapAfterGC,
        .sum(MetricSelector("jvm_memory_pool_collection_used_bytes", [("pool", .holds(["Old", "Tenured", "ZHeap"]))], above: 0))),
      SignalRule(.heapAfterGC, .sum(MetricSelector("jvm_memory_used_after_last_gc_bytes", typed))),
      SignalRule(.gcTime, .most(MetricSelector("jvm_gc_overhead"))),
      SignalRule(.gcPauseMax, .most(MetricSelector("jvm_gc_pause_seconds_max"))),
      SignalRule(.gcPauseP99, .quantile(0.99, MetricSelector("jvm_gc_pause_seconds_bucket"))),
      SignalRule(.gcPauseP99, .quantile(0.99, MetricSelector("jvm_gc_duration_seconds_bucket", pausingOTel))),
      SignalRule(.allocation, .rate(MetricSelector("jvm_gc_memory_allocated_bytes_total"))),
      SignalRule(.allocation, .rate(MetricSelector("jvm_memory_pool_allocated_bytes_total"))),
      SignalRule(.threads, .sum(MetricSelector("jvm_threads_live_threads"))),
      SignalRule(.threads, .sum(MetricSelector("jvm_threads_current"))),
      SignalRule(.threads, .sum(MetricSelector("jvm_thread_count"))),
      SignalRule(.poolActive, .sum(MetricSelector("tomcat_threads_busy_threads"))),
      SignalRule(.poolActive, .sum(MetricSelector("jetty_threads_busy"))),
      SignalRule(.poolSize, .sum(MetricSelector("tomcat_threads_config_max_threads"))),
      SignalRule(.poolSize, .sum(MetricSelector("jetty_threads_config_max"))),
      SignalRule(.poolQueue, .sum(MetricSelector("jetty_threads_jobs"))),
    ]
    + ["jvm_gc_pause_seconds", "jvm_gc_collection_seconds", "jvm_gc_duration_seconds"].flatMap { family in
      let labels = family == "jvm_gc_pause_seconds" ? [] : (family == "jvm_gc_duration_seconds" ? pausingOTel : pausing)
      return [
        SignalRule(.gcTime, .rate(MetricSelector(family + "_sum", labels))),
        SignalRule(.gcRate, .rate(MetricSelector(family + "_count", labels))),
        SignalRule(.gcPauseAverage, .mean(family, labels)),
      ]
    }

  private static let go: [SignalRule] = [
    SignalRule(.loopLagP99, .quantile(0.99, MetricSelector("go_sched_latencies_seconds_bucket"))),
    SignalRule(.gcTime, .rate(MetricSelector("go_gc_duration_seconds_sum"))),
    SignalRule(.gcRate, .rate(MetricSelector("go_gc_duration_seconds_count"))),
    SignalRule(.gcPauseP99, .quantile(0.99, MetricSelector("go_sched_pauses_total_gc_seconds_bucket"))),
    SignalRule(.gcPauseAverage, .mean("go_gc_duration_seconds")),
    // Of the last 256 pauses.
    SignalRule(.gcPauseMax, .most(MetricSelector("go_gc_duration_seconds", [("quantile", .equals("1"))]))),
    SignalRule(.heapUsed, .sum(MetricSelector("go_memstats_heap_alloc_bytes"))),
    SignalRule(.heapLimit, .sum(MetricSelector("go_gc_gomemlimit_bytes"))),
    SignalRule(
      .heapAfterGC,
      .ratio(
        .sum(MetricSelector("go_memstats_next_gc_bytes")),
        .affine(.sum(MetricSelector("go_gc_gogc_percent", above: 0, below: 1e6)), times: 0.01, plus: 1))),
    SignalRule(.allocation, .rate(MetricSelector("go_memstats_alloc_bytes_total"))),
    SignalRule(.threads, .sum(MetricSelector("go_threads"))),
  ]

  private static let dotnet: [SignalRule] = [
    SignalRule(.gcTime, .rate(MetricSelector("dotnet_gc_pause_time_seconds_total"))),
    SignalRule(.gcRate, .rate(MetricSelector("dotnet_gc_collections_total"))),
    // A collection of an older generation is counted among the younger ones as well.
    SignalRule(.gcRate, .rate(MetricSelector("dotnet_collection_count_total", [("generation", .equals("0"))]))),
    SignalRule(.gcRate, .rate(MetricSelector("process_runtime_dotnet_gc_collections_count_total"))),
    SignalRule(.heapUsed, .sum(MetricSelector("dotnet_gc_last_collection_heap_size_bytes"))),
    SignalRule(.heapUsed, .sum(MetricSelector("dotnet_total_memory_bytes"))),
    SignalRule(.heapUsed, .sum(MetricSelector("process_runtime_dotnet_gc_heap_size_bytes"))),
    SignalRule(.heapAfterGC, .sum(MetricSelector("dotnet_gc_last_collection_heap_size_bytes"))),
    SignalRule(.allocation, .rate(MetricSelector("dotnet_gc_heap_total_allocated_bytes_total"))),
    SignalRule(.allocation, .rate(MetricSelector("process_runtime_dotnet_gc_allocations_size_bytes_total"))),
    SignalRule(.threads, .sum(MetricSelector("process_num_threads"))),
    SignalRule(.poolActive, .sum(MetricSelector("dotnet_thread_pool_thread_count"))),
    SignalRule(.poolActive, .sum(MetricSelector("process_runtime_dotnet_thread_pool_threads_count"))),
    SignalRule(.poolQueue, .sum(MetricSelector("dotnet_thread_pool_queue_length"))),
    SignalRule(.poolQueue, .sum(MetricSelector("process_runtime_dotnet_thread_pool_queue_length"))),
    SignalRule(.rss, .sum(MetricSelector("process_working_set_bytes"))),
    SignalRule(.rss, .sum(MetricSelector("dotnet_process_memory_working_set_bytes"))),
  ]

  /// Counts only: what pauses Python's collections make is told nowhere.
  private static let python: [SignalRule] = [
    SignalRule(.gcRate, .rate(MetricSelector("python_gc_collections_total"))),
    SignalRule(.gcRate, .rate(MetricSelector("cpython_gc_collections_total"))),
  ]

  private static let process: [SignalRule] = [
    SignalRule(.rss, .sum(MetricSelector("process_resident_memory_bytes"))),
    SignalRule(.cpu, .rate(MetricSelector("process_cpu_seconds_total"))),
    SignalRule(.cpu, .product(.sum(MetricSelector("process_cpu_usage")), .sum(MetricSelector("system_cpu_count")))),
    SignalRule(.openFiles, .sum(MetricSelector("process_open_fds"))),
    SignalRule(.openFiles, .sum(MetricSelector("process_files_open_files"))),
    SignalRule(.fileLimit, .sum(MetricSelector("process_max_fds"))),
    SignalRule(.fileLimit, .sum(MetricSelector("process_files_max_files"))),
  ]

  /// Families of request histograms, and the label that tells how a request ended.
  static let requestFamilies: [(family: String, status: String)] = [
    ("http_server_requests_seconds", "status"), ("http_server_request_duration_seconds", "http_response_status_code"),
    ("http_request_duration_seconds", "code"), ("http_request_duration_seconds", "status"),
    ("http_request_duration_seconds", "status_code"),
  ]

  private static func errors(_ family: String, _ label: String) -> SignalRule {
    SignalRule(.requestErrors, .share(MetricSelector(family, [(label, .begins("5"))]), of: MetricSelector(family, [(label, .exists)])))
  }

  private static let requests: [SignalRule] =
    // The same requests in more buckets.
    [SignalRule(.requestP99, .quantile(0.99, MetricSelector("http_request_duration_highr_seconds_bucket")))]
    + ["http_server_requests_seconds", "http_server_request_duration_seconds", "http_request_duration_seconds"].flatMap { family in
      [
        SignalRule(.requestRate, .rate(MetricSelector(family + "_count"))),
        SignalRule(.requestP99, .quantile(0.99, MetricSelector(family + "_bucket"))),
        SignalRule(.requestAverage, .mean(family)),
      ]
    } + requestFamilies.map { errors($0.family + "_count", $0.status) } + [
      SignalRule(.requestRate, .rate(MetricSelector("django_http_responses_total_by_status_view_method_total"))),
      errors("django_http_responses_total_by_status_view_method_total", "status"),
      SignalRule(.requestP99, .quantile(0.99, MetricSelector("django_http_requests_latency_seconds_by_view_method_bucket"))),
      SignalRule(.requestAverage, .mean("django_http_requests_latency_seconds_by_view_method")),
      SignalRule(.requestRate, .rate(MetricSelector("http_requests_received_total"))),
      SignalRule(.requestRate, .rate(MetricSelector("http_requests_total"))), errors("http_requests_total", "status"),
      errors("http_requests_total", "code"),
    ]
}
