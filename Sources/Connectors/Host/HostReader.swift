import OpsModel

/// One look at a machine: its processes with a runtime that is known here, and what presses on all of them.
struct HostReader {
  let source: SafeText
  private var root: ProcRoot
  private var table: ProcessTable
  private var groups = ControlGroupReader()
  private var pressure = PressureReader()
  private var listeners = ListenerFinder()
  private var machine = MachineReader()
  private let ownNetwork: String?
  private var accounts: [UInt32: SafeText]?

  init(source: SafeText, prefix: String, languages: Set<Language>? = nil) {
    self.source = source
    root = ProcRoot(prefix: prefix)
    table = ProcessTable(languages: languages)
    ownNetwork = root.link("/proc/self/ns/net")
  }

  /// - Parameter now: seconds of a clock that never steps.
  /// - Throws: `Failure.unreachable` where there is no `/proc`.
  mutating func poll(at now: Double) throws(Failure) -> (runtimes: [RuntimeState], host: HostState) {
    guard let stat = root.text("/proc/stat") else {
      let place = SafeText(escaping: root.prefix + "/proc")
      throw .unreachable(address: place, reason: "the kernel's files can not be read there")
    }
    var host = machine.read(stat, &root, at: now)
    table.poll(&root, at: now)
    ThreadWalk.run(&table, &root, at: now)
    let found = listeners.find(table, &root, at: now)
    host.pressure = pressure.read(&root, at: now)
    host.processes = table.count
    host.listeners = found.all.filter { $0.backlog > 0 }
    var byPlace: [ProcessEntry.GroupPlace: HostState.ControlGroup] = [:]
    for entry in table.entries.values {
      guard let place = entry.group else { continue }
      if byPlace[place] == nil { byPlace[place] = groups.read(place, &root, at: now) }
      byPlace[place]?.processes += 1
    }
    groups.keep(only: Set(byPlace.keys))
    host.groups = byPlace.values.sorted { $0.path < $1.path }
    let boot = machine.bootTime
    let states = table.entries.values.sorted { $0.pid < $1.pid }.map { entry in
      state(entry, host, found.listeners[entry.pid] ?? [], entry.group.flatMap { byPlace[$0] }, boot)
    }
    return (states, host)
  }

  private mutating func state(
    _ entry: ProcessEntry, _ host: HostState, _ listeners: [RuntimeState.Listener], _ group: HostState.ControlGroup?, _ boot: Double?
  ) -> RuntimeState {
    var state = RuntimeState(
      id: ResourceID(source: source, kind: .runtime, key: entry.key), name: entry.kind.name, language: entry.kind.language)
    state.pid = Int(entry.pid)
    state.host = host.name
    state.startedAt = boot.map { $0 + Double(entry.started) / ProcStat.ticks }
    state.account = account(entry.account)
    state.group = group?.path ?? entry.group.flatMap { $0.shown == "/" ? nil : SafeText(escaping: $0.shown, limit: 200) }
    state.listeners = listeners
    state.isContained = entry.isContained || (entry.network != nil && entry.network != ownNetwork)
    if entry.isContained { state.remarks.append("in a container, where its pid is \(entry.inner)") }
    let stat = table.stats[entry.pid]
    if let parent = stat?.parent, table.entries[parent]?.kind.language == entry.kind.language { state.parent = Int(parent) }
    state.signals.set(.cpu, entry.cpu.rate, from: .proc)
    state.signals.set(.rss, stat?.rss, from: .proc)
    state.signals.set(.threads, stat.map { Double($0.threads) }, from: .proc)
    state.signals.set(.fileLimit, entry.fileLimit, from: .proc)
    // The folder's size is the number of open files since Linux 6.2; before that it is 0.
    if let open = root.facts("/proc/\(entry.pid)/fd")?.size, open > 0 { state.signals.set(.openFiles, Double(open), from: .proc) }
    if !listeners.isEmpty { state.signals.set(.acceptBacklog, Double(listeners.reduce(0) { $0 + $1.backlog }), from: .proc) }
    threads(entry, &state)
    if let group {
      state.signals.set(.throttled, group.throttled, from: .proc)
      if group.memoryLimit != nil { state.signals.set(.groupMemory, group.memory, from: .proc) }
      state.signals.set(.groupLimit, group.memoryLimit, from: .proc)
    }
    return state
  }

  private func threads(_ entry: ProcessEntry, _ state: inout RuntimeState) {
    guard ThreadWalk.threaded.contains(entry.kind.language) else {
      state.signals.set(.runDelay, entry.delay.rate.map { min(1, $0) }, from: .proc)
      state.signals.set(.mainCPU, entry.mainCPU.rate, from: .proc)
      // Whatever the thread computes, its loop is at work; it may wait at work as well.
      if entry.kind.language == .node { state.signals.set(.loopUtilisation, entry.mainCPU.rate.map { min(1, $0) }, from: .proc, .atLeast) }
      return
    }
    let known = entry.threads.values.filter { $0.rate != nil }
    var roles: [String: RuntimeState.ThreadRole] = [:]
    for thread in entry.threads.values {
      let name = ThreadNames.role(thread.name)
      var role = roles[name] ?? RuntimeState.ThreadRole(SafeText(escaping: name, limit: 20), count: 0)
      role.count += 1
      if let rate = thread.rate { role.cpu = (role.cpu ?? 0) + rate }
      roles[name] = role
    }
    state.threads = Array(roles.values.sorted { ($0.cpu ?? 0, $0.count) > ($1.cpu ?? 0, $1.count) }.prefix(16))
    guard !known.isEmpty else { return }
    // The thread that waited most: a mean over a hundred idle threads would hide it.
    state.signals.set(.runDelay, known.compactMap(\.delayRate).max().map { min(1, $0) }, from: .proc)
    var collecting = known.filter { ThreadNames.collects($0.name) }
    // The serial collector has no thread of its own.
    if collecting.isEmpty && entry.kind.language == .jvm { collecting = known.filter { $0.name == "VM Thread" } }
    if !collecting.isEmpty { state.signals.set(.gcCPU, collecting.reduce(0) { $0 + ($1.rate ?? 0) }, from: .proc) }
  }

  /// Names of accounts from the machine's own file: asking a directory service might wait for a network.
  private mutating func account(_ number: UInt32) -> SafeText {
    if accounts == nil {
      var found: [UInt32: SafeText] = [:]
      for line in (root.text("/etc/passwd") ?? "").split(separator: "\n") {
        let parts = line.split(separator: ":", omittingEmptySubsequences: false)
        if parts.count > 2, let uid = UInt32(parts[2]) { found[uid] = SafeText(escaping: String(parts[0]), limit: 32) }
      }
      accounts = found
    }
    return accounts?[number] ?? "uid \(number)"
  }
}
