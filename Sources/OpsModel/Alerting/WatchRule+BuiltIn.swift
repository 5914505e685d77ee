extension WatchRule {
  /// On by default: what a person on call would want to be told. The configuration replaces or switches off each by its name.
  public static let builtIn: [WatchRule] = [
    made("source-stale", "source.stale > 30s", .critical),
    made("queue-unserved", "queue.unserved > 0 for 30s", .critical),
    made("queue-backlog", "queue.ready > 10000 for 2m", .warning),
    made("queue-late", "queue.oldest_age > 5m", .warning),
    made("queue-very-late", "queue.oldest_age > 30m", .critical),
    made("worker-lost", "workers.lost > 0 for 30s", .warning),
    made("workers-stuck", "workers.stuck >= 100% for 30s", .critical),
    made("dead-letters", "dead_letters.rate > 10/min", .warning),
    made("dead-letters-flood", "dead_letters.rate > 100/min", .critical),
    made("idle-in-transaction", "session.idle_in_transaction > 5m", .warning),
    made("lock-wait", "blocker.wait > 30s", .critical),
    made("connections-full", "database.connections > 90% for 30s", .critical),
    made("database-trouble", "database.troubles > 0 for 30s", .critical),
    made("loop-lag", "loop.lag.p99 > 100ms for 30s", .warning),
    made("loop-blocked", "loop.lag.p99 > 1s for 10s", .critical),
    made("gc-thrash", "gc.timeFraction > 25% for 30s", .critical),
    made("heap-full", "heap.after_gc > 90% for 1m", .warning),
    made("pool-exhausted", "pool.queue > 0 for 30s", .warning),
    made("backlog", "accept.backlog > 20 for 30s", .warning),
    made("requests-fail", "req.errors > 25% for 30s", .critical),
    made("throttled", "cpu.throttled > 50% for 1m", .warning),
    made("memory-pressure", "host.pressure.memory > 20% for 30s", .warning),
    made("oom-kill", "host.oom_kills > 0", .critical),
  ].compactMap { $0 }

  private static func made(_ name: SafeText, _ text: String, _ severity: Severity) -> WatchRule? {
    guard let expression = try? WatchExpression.parse(text) else { return nil }
    return WatchRule(name: name, expression: expression, severity: severity, isBuiltIn: true)
  }
}
