import Gate
import OpsModel

/// The JVMs of this machine by their own counters; on demand, and through the gate, a dump of their threads.
actor JVMConnector: Connector {
  static let kind = ConnectorKind(
    name: "jvm", title: "JVMs of this machine", facets: [.runtimes], needsURL: false,
    settings: [SettingKey("root", .file, "folder where the machine's / is mounted, such as /host; default is this machine")],
    check: { _ in },
    make: { (settings, clock) throws(Failure) in
      JVMConnector(name: settings.name, prefix: settings.texts["root"] ?? "", isEager: settings.isEager, clock: clock)
    })

  static let actuator = ActuatorKind([.threadDump]) { (settings, _, clock) throws(Failure) in
    guard (settings.texts["root"] ?? "").isEmpty else {
      throw .settings("threads are dumped on the machine itself only, not below a root:")
    }
    return JVMActuator(clock: clock)
  }

  private let name: SafeText
  private let clock: any OpsClock
  private let prefix: String
  private let isEager: Bool
  private var root: ProcRoot
  private var table = ProcessTable(languages: [.jvm])
  private var records: [String: JVMRecord] = [:]
  private var host: SafeText?
  private var hasLooked = false
  private var boot: Double?

  init(name: SafeText, prefix: String, isEager: Bool = false, clock: any OpsClock) {
    self.name = name
    self.clock = clock
    self.isEager = isEager
    self.prefix = prefix == "/" ? "" : prefix
    root = ProcRoot(prefix: prefix)
  }

  func observe() async throws(Failure) -> Observation {
    let began = clock.now()
    if !hasLooked && isEager {
      hasLooked = true
      _ = try look(began)
      try? await Task.sleep(for: .milliseconds(500))
    }
    return try look(clock.now(), began: began)
  }

  private func look(_ now: Moment, began: Moment? = nil) throws(Failure) -> Observation {
    guard let text = root.text("/proc/sys/kernel/hostname", limit: 256) else {
      throw .unreachable(address: SafeText(escaping: prefix + "/proc"), reason: "the kernel's files can not be read there")
    }
    let named = host ?? SafeText(escaping: text.split(separator: "\n").first.map(String.init) ?? "?", limit: 64)
    host = named
    let stat = root.text("/proc/stat") ?? ""
    boot = stat.split(separator: "\n").first { $0.hasPrefix("btime ") }.flatMap { Double($0.dropFirst(6)) }
    table.poll(&root, at: now.steady)
    var observation = Observation(source: name, at: now, took: 0, facets: [.runtimes])
    var next: [String: JVMRecord] = [:]
    var living: Set<Int32> = []
    for entry in table.entries.values.sorted(by: { $0.pid < $1.pid }) {
      living.insert(entry.inner)
      var record = records[entry.key] ?? JVMRecord()
      observation.runtimes.append(state(entry, named, &record, now))
      next[entry.key] = record
    }
    records = next
    let stale = JVMFiles.stale(prefix: prefix, living: living)
    if observation.runtimes.isEmpty { observation.notices.append(Notice(.ok, "no JVM runs on this machine")) }
    if !stale.isEmpty {
      let pids = SafeText.join(stale.prefix(5).map { "\($0)" }, ", ")
      observation.notices.append(
        Notice(.ok, "left behind by JVMs that were killed: perf files of pid \(pids)\(stale.count > 5 ? " and more" : "" as SafeText)"))
    }
    observation.took = clock.now().age(since: began ?? now)
    return observation
  }

  private func state(_ entry: ProcessEntry, _ host: SafeText, _ record: inout JVMRecord, _ now: Moment) -> RuntimeState {
    var state = RuntimeState(id: ResourceID(source: name, kind: .runtime, key: entry.key), name: entry.kind.name, language: .jvm)
    state.pid = Int(entry.pid)
    state.host = host
    switch JVMFiles.read(entry, prefix: prefix) {
    case .absent:
      state.remarks.append("it keeps no perf file: started with -XX:+PerfDisableSharedMem or -XX:-UsePerfData, or just starting")
    case .foreign:
      state.remarks.append("its perf file belongs to another account: run as that account or as root to read heap and collections")
    case .perf(let bytes):
      do throws(HsPerf.Flaw) {
        let view = HsPerfView(perf: try HsPerf(bytes))
        guard Self.isOf(view, began(entry)) else {
          state.remarks.append("the perf file under its pid is that of an earlier process; it keeps none itself")
          return state
        }
        state.name = view.name ?? state.name
        state.version = view.version
        state.startedAt = view.startedAt
        if let cause = view.cause { state.remarks.append("a collection runs now: \(cause)") }
        if view.perf.overflow > 0 { state.remarks.append("some counters found no room in its perf file (-XX:PerfDataMemorySize)") }
        record.take(view, at: now.steady, into: &state)
      } catch {
        state.remarks.append(Self.words(error))
      }
    }
    return state
  }

  /// Seconds since 1970.
  private func began(_ entry: ProcessEntry) -> Double? { boot.map { $0 + Double(entry.started) / ProcStat.ticks } }

  /// Pids come again, and files of killed processes stay.
  private static func isOf(_ view: HsPerfView, _ began: Double?) -> Bool {
    guard let began, let told = view.startedAt else { return true }
    return abs(told - began) < 10
  }

  private static func words(_ flaw: HsPerf.Flaw) -> SafeText {
    switch flaw {
    case .cut: "its perf file is cut off or half-written"
    case .notPerfData: "its perf file is none"
    case .version(let version): "its perf file has version \(version), which is not known here"
    case .notReady: "its perf file is not ready: the JVM is starting"
    }
  }

  func knock() async -> Bool { true }

  func close() async {}
}
