import OpsModel
import Testing

@testable import Connectors

@Suite("Signals reckoned from scrapes")
struct ScrapeTests {
  /// The state after scrapes, one every five seconds.
  private static func state(_ bodies: [String], type: String = "text/plain; version=0.0.4", every: Double = 5) throws -> (
    state: RuntimeState, scrape: Scrape
  ) {
    var scrape = Scrape(source: "api", interval: every)
    for (index, body) in bodies.enumerated() {
      try scrape.take(HTTPAnswer(status: 200, contentType: type, body: Array(body.utf8)), at: Double(index) * every)
    }
    return (scrape.state(ResourceID(source: "api", kind: .runtime, key: "api"), name: "api", from: .metrics), scrape)
  }

  @Test("the resolution of Node's sampling is taken off its lag, and an empty window is not known")
  func lag() throws {
    let busy = try Self.state(["nodejs_version_info{version=\"v20.1.0\",major=\"20\"} 1\nnodejs_eventloop_lag_p99_seconds 0.192\n"]).state
    #expect(busy.language == .node && busy.version == "node v20.1.0" && abs((busy.signals[.loopLagP99] ?? 0) - 0.182) < 1e-9)
    let idle = try Self.state(["nodejs_eventloop_lag_p99_seconds 0.0102\n"]).state
    #expect((idle.signals[.loopLagP99] ?? 1) < 0.001)
    let empty = try Self.state(["nodejs_eventloop_lag_p99_seconds 9223372036.85\nnodejs_eventloop_lag_p50_seconds NaN\n"]).state
    #expect(empty.signals[.loopLagP99] == nil && empty.signals[.loopLagP50] == nil)
  }

  @Test("an endpoint that empties its histogram is known by its names")
  func resets() throws {
    #expect(try Self.state(["shop_nodejs_eventloop_lag_p99_seconds 0.1\n"]).scrape.resets)
    #expect(try !Self.state(["nodejs_heap_size_used_bytes 1\n"]).scrape.resets)
  }

  @Test("the heap of a JVM is the same whether told by area or by pool, and -1 is no limit")
  func heap() throws {
    let micrometer = """
      jvm_memory_used_bytes{area="heap",id="G1 Eden Space"} 10
      jvm_memory_used_bytes{area="heap",id="G1 Old Gen"} 30
      jvm_memory_used_bytes{area="nonheap",id="Metaspace"} 500
      jvm_memory_max_bytes{area="heap",id="G1 Eden Space"} -1.0
      jvm_memory_max_bytes{area="heap",id="G1 Old Gen"} 100

      """
    let client =
      "jvm_memory_used_bytes{area=\"heap\"} 40\njvm_memory_used_bytes{area=\"nonheap\"} 500\njvm_memory_max_bytes{area=\"heap\"} 100\n"
    let otel =
      "jvm_memory_used_bytes{jvm_memory_type=\"heap\",jvm_memory_pool_name=\"x\"} 40\njvm_memory_limit_bytes{jvm_memory_type=\"heap\"} 100\n"
    for body in [micrometer, client, otel] {
      let state = try Self.state([body]).state
      #expect(state.signals[.heapUsed] == 40 && state.signals[.heapLimit] == 100 && state.language == .jvm)
    }
  }

  @Test("time in collections is a difference of counters; concurrent work is no pause; causes of one kind are added up")
  func collections() throws {
    func body(_ young: Double, _ full: Double, _ concurrent: Double) -> String {
      """
      jvm_gc_collection_seconds_sum{gc="G1 Young Generation"} \(young)
      jvm_gc_collection_seconds_count{gc="G1 Young Generation"} \(young * 100)
      jvm_gc_collection_seconds_sum{gc="G1 Concurrent GC"} \(concurrent)
      jvm_gc_collection_seconds_count{gc="G1 Concurrent GC"} 1
      jvm_gc_pause_seconds_count{gc="G1",action="minor",cause="a"} 1
      jvm_gc_pause_seconds_count{gc="G1",action="minor",cause="b"} 2

      """
    }
    let state = try Self.state([body(1, 0, 5), body(1.5, 0, 9)]).state
    #expect(abs((state.signals[.gcTime] ?? 0) - 0.1) < 1e-9 && abs((state.signals[.gcPauseAverage] ?? 0) - 0.01) < 1e-9)
    #expect(state.collections.first { $0.name == "G1 Concurrent GC" }?.isPause == false)
    #expect(state.collections.first { $0.name == "G1, minor" }?.total == 3)
  }

  @Test("quantiles come of merged buckets, and say when they lie beyond the highest")
  func quantiles() throws {
    func body(_ step: Double) -> String {
      ["0.1", "0.5", "1.0", "+Inf"].enumerated().flatMap { index, bound in
        ["GET", "POST"].map { method in
          "http_request_duration_seconds_bucket{method=\"\(method)\",le=\"\(bound)\"} \([10, 60, 90, 100][index] * step)\n"
        }
      }.joined()
    }
    let state = try Self.state([body(1), body(2)]).state
    #expect(state.signals.reading(.requestP99)?.value == 1 && state.signals.reading(.requestP99)?.bound == .atLeast)
  }

  @Test("OTel's JVM: what is concurrent and cycles are no pauses there either")
  func otel() throws {
    func body(_ pause: Double, _ cycles: Double) -> String {
      """
      jvm_gc_duration_seconds_sum{jvm_gc_name="ZGC Pauses",jvm_gc_action="end of GC pause"} \(pause)
      jvm_gc_duration_seconds_count{jvm_gc_name="ZGC Pauses",jvm_gc_action="end of GC pause"} \(pause * 1000)
      jvm_gc_duration_seconds_sum{jvm_gc_name="ZGC Cycles",jvm_gc_action="end of GC cycle"} \(cycles)
      jvm_gc_duration_seconds_count{jvm_gc_name="ZGC Cycles",jvm_gc_action="end of GC cycle"} 3

      """
    }
    let state = try Self.state([body(0.001, 1), body(0.002, 4)]).state
    #expect(abs((state.signals[.gcTime] ?? 1) - 0.0002) < 1e-9)
  }

  @Test("a limit that is none and pools that were never collected are not known")
  func unknown() throws {
    let go = try Self.state(["go_info{version=\"go1.22\"} 1\ngo_memstats_next_gc_bytes 4e6\ngo_gc_gogc_percent 1.8446744073709552e+19\n"])
      .state
    #expect(go.signals[.heapAfterGC] == nil)
    let young =
      "jvm_memory_pool_collection_used_bytes{pool=\"G1 Survivor Space\"} 5\njvm_memory_pool_collection_used_bytes{pool=\"G1 Old Gen\"} 0\n"
    #expect(try Self.state([young]).state.signals[.heapAfterGC] == nil)
  }

  @Test("no failed request is none, and not unknown; where no status is told it is unknown")
  func errors() throws {
    func body(_ ok: Int, _ failed: Int?) -> String {
      "http_request_duration_seconds_count{code=\"200\"} \(ok)\n"
        + (failed.map { "http_request_duration_seconds_count{code=\"503\"} \($0)\n" } ?? "")
    }
    #expect(try Self.state([body(10, nil), body(20, nil)]).state.signals[.requestErrors] == 0)
    #expect(try Self.state([body(10, 0), body(18, 2)]).state.signals[.requestErrors] == 0.2)
    let bare = try Self.state(["http_request_duration_seconds_count 1\n", "http_request_duration_seconds_count 9\n"]).state
    #expect(bare.signals[.requestErrors] == nil && bare.signals[.requestRate] == 1.6)
  }

  @Test("a restart is seen by the start time, a reset by a counter that falls, a pause by the clock")
  func restarts() throws {
    func body(_ cpu: Double, _ start: Double) -> String { "process_cpu_seconds_total \(cpu)\nprocess_start_time_seconds \(start)\n" }
    #expect(try Self.state([body(10, 1), body(11, 1)]).state.signals[.cpu] == 0.2)
    #expect(try Self.state([body(10, 1), body(100, 2)]).state.signals[.cpu] == nil)
    #expect(try Self.state([body(10, 1), body(1, 1)]).state.signals[.cpu] == 0.2)
    #expect(try Self.state([body(10, 1), body(11, 1)], every: 100).state.signals[.cpu] == 0.01)
  }

  @Test("values for no limit are no limits")
  func limits() throws {
    let state = try Self.state(["process_max_fds 1.8446744073709552e+19\nprocess_open_fds 12\nprocess_resident_memory_bytes NaN\n"]).state
    #expect(state.signals[.fileLimit] == nil && state.signals[.openFiles] == 12 && state.signals[.rss] == nil)
  }

  @Test("a series that stands twice is read once, a cut body and unreadable lines are told")
  func notices() throws {
    let twice = "process_cpu_seconds_total 1\nprocess_cpu_seconds_total 1\n"
    let later = "process_cpu_seconds_total 2\nprocess_cpu_seconds_total 2\n"
    #expect(try Self.state([twice, later]).state.signals[.cpu] == 0.2)
    let cut = try Self.state(["a 1\nb{\n"], type: "application/openmetrics-text; version=1.0.0").scrape
    #expect(cut.notices.map(\.text.text) == ["1 line of 2 can not be read: b{", "the body has no end mark: it may be cut off"])
  }

  @Test("what is no exposition at all is refused")
  func garbage() {
    #expect(throws: Failure.self) { try Self.state(["<!DOCTYPE html><html>\n<body>hello there</body>"]) }
  }

  @Test("cost per request and per task, each with its source; few of them give none")
  func costs() throws {
    func body(_ step: Double) -> String {
      """
      django_http_responses_total_by_status_view_method_total{status="200",view="a",method="GET"} \(30 * step)
      django_db_execute_total{alias="default",vendor="postgresql"} \(260 * step)
      django_db_query_duration_seconds_sum \(0.3 * step)
      celery_task_runtime_count{name="mail.send",hostname="a",queue_name="mail"} \(5 * step)
      celery_task_runtime_sum{name="mail.send",hostname="a",queue_name="mail"} \(2 * step)

      """
    }
    let costs = try Self.state([body(1), body(2)]).state.costs
    let request = try #require(costs.first { $0.unit == .request })
    #expect(abs((request.queries?.value ?? 0) - 260 / 30) < 1e-9 && request.queries?.from == "django" && request.isEnough)
    #expect(abs((request.databaseTime?.value ?? 0) - 0.01) < 1e-9)
    let task = try #require(costs.first { $0.unit == .task })
    #expect(task.name == "mail.send" && task.totalTime?.value == 0.4 && !task.isEnough)
  }

  @Test("the same expressions as PromQL, grouped so that one question tells of all processes")
  func promQL() {
    let language = PromQL(identity: ["job", "instance"], window: "2m") { [$0.name] }
    #expect(
      language.query(.rate(MetricSelector("process_cpu_seconds_total"))) == "sum by (job, instance) (rate(process_cpu_seconds_total[2m]))")
    #expect(
      language.query(.sum(MetricSelector("jvm_memory_max_bytes", [("area", .equals("heap"))], above: 0)))
        == "sum by (job, instance) (jvm_memory_max_bytes{area=\"heap\"} > 0.0)")
    let quantile = language.query(.quantile(0.99, MetricSelector("x_bucket", [("a", .equals("b"))]))) ?? ""
    #expect(
      quantile.hasPrefix("histogram_quantile(0.99, sum by (job, instance, le) (rate(x_bucket{a=\"b\"}[2m]))) * (1 - 2 * "), "\(quantile)")
    #expect(quantile.contains("x_bucket{a=\"b\",le!=\"+Inf\"}"))
    #expect(language.query(.mean("x")) == "(sum by (job, instance) (rate(x_sum[2m]))) / (sum by (job, instance) (rate(x_count[2m])))")
    #expect(
      language.query(.affine(.most(MetricSelector("lag", [("kind", .lacks(["A", "B"]))])), times: 1, plus: -0.01))
        == "clamp_min((max by (job, instance) (lag{kind!~\".*(A|B).*\"})) + -0.01, 0)")
    let none = PromQL(identity: ["job"], window: "2m") { _ in [] }
    #expect(none.query(anyOf: SignalRules.all.map(\.expression)) == nil)
  }
}
