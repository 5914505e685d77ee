import Canvas
import Console
import Gate
import OpsModel

/// A machine, a fleet, a server of workers and a pager, as the connectors tell them.
@MainActor
enum RuntimeScenes {
  static let here = SourceView(name: "here", kind: "host", facets: [.runtimes], interval: 2, canShowWaiting: false)
  static let jvm = SourceView(name: "jvm", kind: "jvm", facets: [.runtimes], interval: 2, canShowWaiting: false, verbs: [.threadDump])
  static let fleet = SourceView(
    name: "fleet", kind: "prometheus", facets: [.runtimes, .alerts], interval: 10, canShowWaiting: false, restsWhileHeld: true,
    tellsDetail: true)
  static let pager = SourceView(
    name: "pager", kind: "alertmanager", facets: [.alerts], interval: 5, canShowWaiting: false, verbs: [.silence, .expire])

  static let nasty = "\u{1B}[2J\u{1B}]52;c;AA\u{07}\u{9B}31m\u{202E}gnigats\u{200B}"

  private static func text(_ plain: String, _ hostile: Bool) -> SafeText { SafeText(escaping: hostile ? nasty : plain) }

  static func console(_ columns: Int, _ rows: Int, look: Look = .colours256, state: String = "fresh", readOnly: SafeText? = nil) throws
    -> Headless
  {
    let headless = try Headless(columns, rows, look: look, readOnly: readOnly)
    headless.feed(.source(here), .source(jvm), .source(fleet), .source(pager))
    if state == "never" { return headless }
    for _ in 0..<3 {
      headless.clock.advance(2)
      feed(headless, hostile: state == "hostile")
    }
    if state == "stale" {
      let now = headless.clock.now()
      let refused = Failure.unreachable(address: "http://prom:9090", reason: "connection refused")
      headless.feed(.failed("fleet", refused, at: now, retryAt: now.advanced(by: 12)))
      headless.pass(9)
    }
    return headless
  }

  static func feed(_ headless: Headless, hostile: Bool = false) {
    let clock = headless.clock
    headless.feed(
      .observed(machine(clock, hostile: hostile)), .observed(jvms(clock)), .observed(prometheus(clock, hostile: hostile)),
      .observed(alertmanager(clock, hostile: hostile)))
  }

  static func process(_ source: SafeText, _ key: String, _ name: SafeText, _ language: Language, pid: Int? = nil) -> RuntimeState {
    var state = RuntimeState(id: ResourceID(source: source, kind: .runtime, key: key), name: name, language: language)
    state.pid = pid
    if pid != nil { state.host = "bastion" }
    return state
  }

  private static func host(_ hostile: Bool) -> HostState {
    var host = HostState(name: "bastion")
    host.cores = 8
    host.cpu = 2.4
    host.load = 3.1
    host.memory = 16e9
    host.available = 4e9
    host.uptime = 86_400 * 12
    host.kernel = "Linux 6.1.0"
    host.oomKills = 0
    host.processes = 312
    for (resource, some) in zip(HostState.Pressure.Resource.allCases, [0.12, 0.004, 0]) {
      var pressure = HostState.Pressure(resource)
      pressure.some = some
      pressure.some10 = some
      pressure.full = 0
      pressure.full10 = 0
      host.pressure.append(pressure)
    }
    var group = HostState.ControlGroup(path: text("/system.slice/web.service", hostile))
    group.processes = 3
    group.cpu = 0.98
    group.cpuLimit = 1
    group.throttled = 0.42
    group.memory = 480e6
    group.memoryLimit = 512e6
    host.groups = [group]
    host.listeners = [HostState.Listener(address: "*:8080", backlog: 12, pid: 4121)]
    return host
  }

  static func machine(_ clock: FakeClock, hostile: Bool = false) -> Observation {
    var out = Observation(source: "here", at: clock.now(), took: 0.004, facets: [.runtimes])
    out.host = host(hostile)
    var api = process("here", "4121-1", text("api.js", hostile), .node, pid: 4121)
    api.signals.set(.cpu, 0.98, from: .proc)
    api.signals.set(.mainCPU, 0.97, from: .proc)
    api.signals.set(.loopUtilisation, 0.97, from: .proc, .atLeast)
    api.signals.set(.rss, 210e6, from: .proc)
    api.signals.set(.acceptBacklog, 12, from: .proc)
    api.listeners = [RuntimeState.Listener("*:8080", backlog: 12)]
    api.account = "deploy"
    var billing = process("here", "991-1", "app.jar", .jvm, pid: 991)
    billing.signals.set(.cpu, 0.2, from: .proc)
    billing.signals.set(.rss, 3.4e9, from: .proc)
    billing.threads = [
      RuntimeState.ThreadRole("http-nio-8080-exec", count: 50, cpu: 0.18), RuntimeState.ThreadRole("GC Thread", count: 8, cpu: 0.01),
    ]
    var worker = process("here", "220-1", "celery", .python, pid: 220)
    worker.signals.set(.rss, 64e6, from: .proc)
    worker.signals.set(.cpu, 0, from: .proc)
    out.runtimes = [api, billing, worker]
    return out
  }

  static func jvms(_ clock: FakeClock) -> Observation {
    var out = Observation(source: "jvm", at: clock.now(), took: 0.001, facets: [.runtimes])
    var state = process("jvm", "991-1", "billing", .jvm, pid: 991)
    state.version = "JVM 17.0.15, G1"
    state.signals.set(.heapUsed, 1.3e9, from: .hsperfdata)
    state.signals.set(.heapLimit, 3.2e9, from: .hsperfdata)
    state.signals.set(.heapAfterGC, 1.2e9, from: .hsperfdata, .atMost)
    state.signals.set(.gcTime, 0.004, from: .hsperfdata)
    state.signals.set(.gcPauseMax, 0.021, from: .hsperfdata, .atLeast)
    var young = RuntimeState.Collection("G1 young collection pauses")
    young.total = 1356
    young.rate = 0.2
    young.average = 0.018
    young.last = 0.021
    state.collections = [young]
    state.pools = [RuntimeState.Pool("http-nio-8080", active: 3, size: 50)]
    out.runtimes = [state]
    return out
  }

  static func prometheus(_ clock: FakeClock, hostile: Bool = false) -> Observation {
    var out = Observation(source: "fleet", at: clock.now(), took: 0.04, facets: [.runtimes, .alerts])
    var api = process("fleet", "api", text("api-7:9464", hostile), .node)
    api.group = "api"
    api.version = "node v20.20.2"
    api.signals.set(.loopLagP99, 0.182, from: .prometheus)
    api.signals.set(.loopUtilisation, 0.94, from: .prometheus)
    api.signals.set(.gcTime, 0.021, from: .prometheus)
    api.signals.set(.heapUsed, 612 * 1_048_576, from: .prometheus)
    api.signals.set(.requestRate, 42, from: .prometheus)
    var cost = Cost(.request, name: "", window: 60, count: 2520)
    cost.queries = Cost.Part(6.1, from: "otel")
    cost.databaseTime = Cost.Part(0.018, from: "otel")
    cost.totalTime = Cost.Part(0.24, from: "otel")
    cost.memory = Cost.Part(310_000, from: "otel")
    api.costs = [cost]
    out.runtimes = [api]
    out.alerts = [alert("fleet", "EventLoopBlocked", .critical, clock, hostile: hostile)]
    out.rules = [AlertRule(name: "EventLoopBlocked", group: "api", state: "firing")]
    return out
  }

  static func alert(_ source: SafeText, _ name: String, _ severity: Severity, _ clock: FakeClock, hostile: Bool = false) -> AlertState {
    var alert = AlertState(
      id: ResourceID(source: source, kind: .alert, key: name), name: text(name, hostile), severity: severity, state: .firing,
      labels: [
        AlertState.Label("alertname", text(name, hostile)), AlertState.Label("instance", "api-7:9464"),
        AlertState.Label("severity", "page"),
      ])
    alert.since = clock.now().unix - 320
    alert.summary = text("the loop of api-7 is blocked for 182 ms", hostile)
    return alert
  }

  static func alertmanager(_ clock: FakeClock, hostile: Bool = false) -> Observation {
    var out = Observation(source: "pager", at: clock.now(), took: 0.01, facets: [.alerts])
    var quiet = alert("pager", "DiskFull", .warning, clock, hostile: hostile)
    quiet.state = .suppressed
    quiet.silencedBy = ["61a15116"]
    out.alerts = [alert("pager", "EventLoopBlocked", .critical, clock, hostile: hostile), quiet]
    var silence = SilenceState(
      id: ResourceID(source: "pager", kind: .silence, key: "61a15116"), state: .active, matchers: text("alertname=\"DiskFull\"", hostile),
      author: "oncall@bastion",
      comment: text("disk is being replaced", hostile))
    silence.ends = clock.now().unix + 3000
    out.silences = [silence]
    return out
  }
}
