import OpsModel

/// Metrics by which a process shows what it runs on; the first that fits counts.
enum LanguageMarks {
  static let all: [(name: String, language: Language)] = [
    ("nodejs_version_info", .node), ("nodejs_heap_size_used_bytes", .node), ("nodejs_eventloop_utilization", .node),
    ("v8js_memory_heap_used_bytes", .node),
    ("jvm_info", .jvm), ("jvm_runtime_info", .jvm), ("jvm_memory_used_bytes", .jvm), ("jvm_memory_bytes_used", .jvm),
    ("dotnet_total_memory_bytes", .dotnet), ("dotnet_collection_count_total", .dotnet), ("dotnet_gc_collections_total", .dotnet),
    ("process_runtime_dotnet_gc_collections_count_total", .dotnet), ("erlang_vm_memory_bytes_total", .erlang),
    ("erlang_vm_process_count", .erlang),
    ("ruby_gc_stat_count", .ruby), ("ruby_heap_live_slots", .ruby), ("php_info", .php), ("phpfpm_up", .php), ("python_info", .python),
    ("python_gc_collections_total", .python), ("cpython_gc_collections_total", .python),
    ("django_http_responses_total_by_status_view_method_total", .python),
    ("celery_worker_up", .python), ("celery_task_runtime_count", .python), ("flower_worker_online", .python), ("go_info", .go),
    ("go_goroutines", .go), ("go_memstats_heap_alloc_bytes", .go),
    // Processes that tell of their requests and of nothing else, such as Python in many processes.
    ("http_request_duration_seconds_count", .native), ("http_server_request_duration_seconds_count", .native),
    ("http_requests_total", .native),
  ]

  /// The label that holds a version, and what stands before it.
  static let versions: [(name: String, label: String, words: SafeText)] = [
    ("nodejs_version_info", "version", "node "), ("python_info", "version", "Python "), ("go_info", "version", ""),
    ("jvm_info", "version", "JVM "),
    ("jvm_runtime_info", "version", "JVM "),
  ]

  /// - Parameter names: without what an application puts before them.
  static func language(_ has: (String) -> Bool) -> Language? { all.first { has($0.name) }?.language }

  /// Metrics whose windows begin anew with every scrape: whoever else reads them takes a part away (prom-client, OTel runtime-node).
  static let resetting = ["nodejs_eventloop_lag_p99_seconds", "nodejs_eventloop_delay_p99_seconds"]
}
