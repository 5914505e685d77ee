import OpsModel

/// Reads control groups: processor time and throttling, memory and its limit, kills. Version 2 in microseconds and bytes (cgroup-v2.rst),
/// version 1 in nanoseconds and bytes (cpuacct, sched-bwc, memory). A limit of a group above counts as well.
struct ControlGroupReader {
  /// Version 1 writes nearly 2^63 for no limit.
  private static let none = 1e18
  /// Seconds for which limits are not read again.
  private static let limitAge = 30.0

  private var known: [ProcessEntry.GroupPlace: Known] = [:]
  private var mounts: GroupMounts?

  private struct Known {
    var cpu = CounterWindow(length: 8)
    var periods = CounterWindow(length: 8)
    var throttled = CounterWindow(length: 8)
    var memoryWait = CounterWindow(length: 8)
    var limitsAt = -Double.infinity
    var cpuLimit: Double?
    var memoryLimit: Double?
    var firstKills: Int?
  }

  /// Forgets groups that hold nothing any more.
  mutating func keep(only places: Set<ProcessEntry.GroupPlace>) { known = known.filter { places.contains($0.key) } }

  mutating func read(_ place: ProcessEntry.GroupPlace, _ root: inout ProcRoot, at now: Double) -> HostState.ControlGroup? {
    if mounts == nil { mounts = GroupMounts(root.text("/proc/self/mountinfo") ?? "") }
    guard let mounts else { return nil }
    var state = known[place] ?? Known()
    var group = HostState.ControlGroup(path: SafeText(escaping: place.shown, limit: 200))
    let unified = place.unified.map { mounts.folders(unified: $0) } ?? []
    let isUnified = unified.first.map { root.facts($0 + "/cpu.stat") != nil || root.facts($0 + "/memory.current") != nil } ?? false
    if isUnified {
      readUnified(unified, &group, &state, &root, now)
    } else {
      let cpu = place.cpu.map { mounts.folders("cpu", $0) } ?? []
      let memory = place.memory.map { mounts.folders("memory", $0) } ?? []
      // The root group has no folder of its own here: nothing limits it.
      guard !cpu.isEmpty || !memory.isEmpty else { return nil }
      group.version = 1
      readFirst(cpu, memory, place, &group, &state, &root, now)
    }
    group.cpu = state.cpu.rate
    if let periods = state.periods.growth?.by, periods > 0 { group.throttled = (state.throttled.growth?.by ?? 0) / periods }
    group.memoryPressure = state.memoryWait.rate.map { min(1, $0) }
    if let kills = group.oomKills {
      state.firstKills = state.firstKills ?? kills
      group.newOOMKills = max(0, kills - (state.firstKills ?? kills))
    }
    group.cpuLimit = state.cpuLimit
    group.memoryLimit = state.memoryLimit
    known[place] = state
    return group
  }

  private func readUnified(
    _ folders: [String], _ group: inout HostState.ControlGroup, _ state: inout Known, _ root: inout ProcRoot, _ now: Double
  ) {
    guard let own = folders.first else { return }
    let cpu = ProcFields.pairs(root.text(own + "/cpu.stat") ?? "")
    if let used = cpu["usage_usec"] { state.cpu.add(used / 1e6, at: now) }
    if let periods = cpu["nr_periods"] { state.periods.add(periods, at: now) }
    if let throttled = cpu["nr_throttled"] { state.throttled.add(throttled, at: now) }
    if now - state.limitsAt > Self.limitAge {
      state.limitsAt = now
      state.cpuLimit = folders.compactMap { Self.quota(root.text($0 + "/cpu.max")) }.min()
      state.memoryLimit = folders.compactMap { ProcFields.number(root.text($0 + "/memory.max")) }.min()
    }
    if let used = ProcFields.number(root.text(own + "/memory.current")) {
      group.memory = max(0, used - (ProcFields.pairs(root.text(own + "/memory.stat") ?? "")["inactive_file"] ?? 0))
    }
    group.oomKills = ProcFields.pairs(root.text(own + "/memory.events") ?? "")["oom_kill"].map { Int(clamped: $0) }
    if let total = PressureReader.total(root.text(own + "/memory.pressure") ?? "", "some") { state.memoryWait.add(total / 1e6, at: now) }
  }

  private func readFirst(
    _ cpu: [String], _ memory: [String], _ place: ProcessEntry.GroupPlace, _ group: inout HostState.ControlGroup, _ state: inout Known,
    _ root: inout ProcRoot, _ now: Double
  ) {
    if let own = cpu.first {
      let stat = ProcFields.pairs(root.text(own + "/cpu.stat") ?? "")
      if let periods = stat["nr_periods"] { state.periods.add(periods, at: now) }
      if let throttled = stat["nr_throttled"] { state.throttled.add(throttled, at: now) }
      let usage = place.cpu.flatMap { mounts?.folders("cpuacct", $0).first }.flatMap { ProcFields.number(root.text($0 + "/cpuacct.usage")) }
      if let usage { state.cpu.add(usage / 1e9, at: now) }
    }
    if now - state.limitsAt > Self.limitAge {
      state.limitsAt = now
      state.cpuLimit = cpu.compactMap { Self.quota(root.text($0 + "/cpu.cfs_quota_us"), root.text($0 + "/cpu.cfs_period_us")) }.min()
      state.memoryLimit = memory.compactMap { ProcFields.number(root.text($0 + "/memory.limit_in_bytes")) }.filter { $0 < Self.none }.min()
    }
    guard let own = memory.first else { return }
    if let used = ProcFields.number(root.text(own + "/memory.usage_in_bytes")) {
      group.memory = max(0, used - (ProcFields.pairs(root.text(own + "/memory.stat") ?? "")["total_inactive_file"] ?? 0))
    }
    group.oomKills = ProcFields.pairs(root.text(own + "/memory.oom_control") ?? "")["oom_kill"].map { Int(clamped: $0) }
  }

  /// `20000 100000` or `max 100000`: cores.
  private static func quota(_ text: String?) -> Double? {
    let words = ProcFields.words(text ?? "")
    guard words.count >= 2, let quota = Double(words[0]), let period = Double(words[1]), period > 0 else { return nil }
    return quota / period
  }

  private static func quota(_ quota: String?, _ period: String?) -> Double? {
    guard let quota = ProcFields.number(quota), quota > 0, let period = ProcFields.number(period), period > 0 else { return nil }
    return quota / period
  }
}
