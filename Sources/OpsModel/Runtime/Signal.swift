/// A normalised number of a running process: the same for every language. Seconds, bytes, shares from 0 to 1, counts, or per second.
public enum Signal: UInt8, Hashable, Sendable, CaseIterable, Codable {
  /// Delay of the event loop beyond its own resolution.
  case loopLagP50, loopLagP99, loopLagMax
  /// Share of time in which the loop was at work.
  case loopUtilisation
  case gcPauseP99, gcPauseAverage, gcPauseMax
  /// Share of time lost to collections.
  case gcTime
  /// Collections per second, of all generations.
  case gcRate
  case heapUsed, heapLimit
  /// What the last collection could not free.
  case heapAfterGC
  /// Bytes allocated per second.
  case allocation
  case rss
  /// Processor time per second: 1 is one core.
  case cpu
  /// The same for the main thread, and for threads that collect garbage.
  case mainCPU, gcCPU
  /// Share of time in which a thread could run and had no core.
  case runDelay
  /// Share of its periods in which its control group was throttled.
  case throttled
  /// Memory of its control group, and the limit.
  case groupMemory, groupLimit
  case threads, openFiles, fileLimit
  case poolActive, poolSize, poolQueue
  /// Connections that wait to be accepted.
  case acceptBacklog
  case requestRate
  /// Share of requests that failed.
  case requestErrors
  case requestP99, requestAverage

  public enum Unit: Hashable, Sendable { case seconds, bytes, share, count, perSecond, cores, bytesPerSecond }

  /// As the operator says it: `loop.lag.p99`.
  public var name: SafeText { SafeText(checked: facts.name) }

  /// The key in JSON, with its unit.
  public var key: StaticString { facts.key }

  public var unit: Unit { facts.unit }

  private var facts: (name: String, key: StaticString, unit: Unit) {
    switch self {
    case .loopLagP50: ("loop.lag.p50", "loop_lag_p50_seconds", .seconds)
    case .loopLagP99: ("loop.lag.p99", "loop_lag_p99_seconds", .seconds)
    case .loopLagMax: ("loop.lag.max", "loop_lag_max_seconds", .seconds)
    case .loopUtilisation: ("loop.util", "loop_utilisation", .share)
    case .gcPauseP99: ("gc.pause.p99", "gc_pause_p99_seconds", .seconds)
    case .gcPauseAverage: ("gc.pause.avg", "gc_pause_average_seconds", .seconds)
    case .gcPauseMax: ("gc.pause.max", "gc_pause_max_seconds", .seconds)
    case .gcTime: ("gc.timeFraction", "gc_time_fraction", .share)
    case .gcRate: ("gc.rate", "gc_per_second", .perSecond)
    case .heapUsed: ("heap.used", "heap_used_bytes", .bytes)
    case .heapLimit: ("heap.limit", "heap_limit_bytes", .bytes)
    case .heapAfterGC: ("heap.afterGC", "heap_after_gc_bytes", .bytes)
    case .allocation: ("allocation", "allocated_bytes_per_second", .bytesPerSecond)
    case .rss: ("rss", "rss_bytes", .bytes)
    case .cpu: ("cpu", "cpu_cores", .cores)
    case .mainCPU: ("cpu.main", "cpu_main_thread_cores", .cores)
    case .gcCPU: ("cpu.gc", "cpu_gc_cores", .cores)
    case .runDelay: ("run.delay", "run_delay_fraction", .share)
    case .throttled: ("cpu.throttled", "throttled_fraction", .share)
    case .groupMemory: ("group.memory", "group_memory_bytes", .bytes)
    case .groupLimit: ("group.limit", "group_memory_limit_bytes", .bytes)
    case .threads: ("threads", "threads", .count)
    case .openFiles: ("files.open", "open_files", .count)
    case .fileLimit: ("files.limit", "open_files_limit", .count)
    case .poolActive: ("pool.active", "pool_active", .count)
    case .poolSize: ("pool.max", "pool_max", .count)
    case .poolQueue: ("pool.queue", "pool_queue", .count)
    case .acceptBacklog: ("accept.backlog", "accept_backlog", .count)
    case .requestRate: ("req.rate", "requests_per_second", .perSecond)
    case .requestErrors: ("req.errors", "request_error_fraction", .share)
    case .requestP99: ("req.p99", "request_p99_seconds", .seconds)
    case .requestAverage: ("req.avg", "request_average_seconds", .seconds)
    }
  }
}

extension Signal.Unit {
  /// A value as people read it: `182ms`, `612 MB`, `94 %`, `0.42`, `3.1/s`.
  public func text(_ value: Double) -> SafeText {
    switch self {
    case .seconds: value > 0 && value < 0.0095 ? SafeText(checked: Units.decimal(value * 1000, places: 1) + "ms") : Units.duration(value)
    case .bytes: Units.bytes(value)
    case .share: value < 0.0995 && value >= 0.0005 ? SafeText(checked: Units.decimal(value * 100, places: 1) + " %") : Units.percent(value)
    case .count: Units.count(Int(clamped: value))
    case .perSecond: Units.rate(value)
    case .cores: SafeText(checked: Units.decimal(value, places: 2))
    case .bytesPerSecond: "\(Units.bytes(value))/s"
    }
  }
}
