import OpsModel
import Testing

/// People rely on these without having written them. A bound that moves is a decision: it is written here and in the documents.
@Suite("Alerts that nobody has to write")
struct BuiltInRuleTests {
  private static let promised: [(name: String, when: String, severity: Severity)] = [
    ("source-stale", "source.stale > 30s", .critical), ("queue-unserved", "queue.unserved > 0 for 30s", .critical),
    ("queue-backlog", "queue.ready > 10000 for 2m", .warning), ("queue-late", "queue.oldest_age > 5m", .warning),
    ("queue-very-late", "queue.oldest_age > 30m", .critical), ("worker-lost", "workers.lost > 0 for 30s", .warning),
    ("workers-stuck", "workers.stuck >= 100% for 30s", .critical), ("dead-letters", "dead_letters.rate > 10/min", .warning),
    ("dead-letters-flood", "dead_letters.rate > 100/min", .critical), ("idle-in-transaction", "session.idle_in_transaction > 5m", .warning),
    ("lock-wait", "blocker.wait > 30s", .critical), ("connections-full", "database.connections > 90% for 30s", .critical),
    ("database-trouble", "database.troubles > 0 for 30s", .critical), ("loop-lag", "loop.lag.p99 > 100ms for 30s", .warning),
    ("loop-blocked", "loop.lag.p99 > 1s for 10s", .critical), ("gc-thrash", "gc.timeFraction > 25% for 30s", .critical),
    ("heap-full", "heap.after_gc > 90% for 1m", .warning), ("pool-exhausted", "pool.queue > 0 for 30s", .warning),
    ("backlog", "accept.backlog > 20 for 30s", .warning), ("requests-fail", "req.errors > 25% for 30s", .critical),
    ("throttled", "cpu.throttled > 50% for 1m", .warning), ("memory-pressure", "host.pressure.memory > 20% for 30s", .warning),
    ("oom-kill", "host.oom_kills > 0", .critical),
  ]

  @Test("each has its bound, its time and its severity, and there is no other")
  func promised() throws {
    #expect(WatchRule.builtIn.map(\.name.text) == Self.promised.map(\.name))
    for (rule, promise) in zip(WatchRule.builtIn, Self.promised) {
      #expect(rule.expression == (try WatchExpression.parse(promise.when)), "\(promise.name)")
      #expect(rule.severity == promise.severity, "\(promise.name)")
    }
  }
}
