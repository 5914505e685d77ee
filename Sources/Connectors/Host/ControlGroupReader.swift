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
    /// Whose usage is told.
    var memoryFolder: String?
    var kills = RecentKills()
  }

  /// Forgets groups that hold nothing any more.
  mutating func keep(only places: Set<ProcessEntry.GroupPlace>) { known = known.filter { places.contains($0.key) } }

  mutating func read(_ place: ProcessEntry.GroupPlace, _ root: inout ProcRoot, at now: Double) -> HostState.ControlGroup? {
    if mounts == nil { mounts = GroupMounts(root.text("/proc/self/mountinfo") ?? "") }
    guard let mounts else { return nil }
    var state = known[place] ?? Known()
    var group = HostState.ControlGroup(path: SafeText(escaping: place.shown, limit: 200))
    // Where both versions are mounted, groups of version 2 may have no controller: each is looked for where it is.
    let unified = place.unified.map { mounts.folders(unified: $0) } ?? []
    let first = place.cpu.map { mounts.folders("cpu", $0) } ?? []
    let second = place.memory.map { mounts.folders("memory", $0) } ?? []
    guard !unified.isEmpty || !first.isEmpty || !second.isEmpty else { return nil }
    let hasCPU = unified.first.map { root.facts($0 + "/cpu.max") != nil } ?? false
    let hasMemory = unified.first.map { root.facts($0 + "/memory.current") != nil } ?? false
    let isLimitDue = now - state.limitsAt > Self.limitAge
    if isLimitDue { state.limitsAt = now }
    if hasCPU || first.isEmpty {
      readUnifiedCPU(unified, &state, &root, now, isLimitDue)
    } else {
      readCPU(first, place, &state, &root, now, isLimitDue)
    }
    if hasMemory {
      readMemory(unified, .unified, &group, &state, &root, isLimitDue)
      if let total = unified.first.flatMap({ PressureReader.total(root.text($0 + "/memory.pressure") ?? "", "some") }) {
        state.memoryWait.add(total / 1e6, at: now)
      }
    } else {
      readMemory(second, .first, &group, &state, &root, isLimitDue)
    }
    group.version = hasCPU || hasMemory ? 2 : 1
    group.cpu = state.cpu.rate
    if let periods = state.periods.growth?.by, periods > 0 { group.throttled = (state.throttled.growth?.by ?? 0) / periods }
    group.memoryPressure = state.memoryWait.rate.map { min(1, $0) }
    if let kills = group.oomKills {
      group.newOOMKills = state.kills.recent(kills, at: now)
    }
    group.cpuLimit = state.cpuLimit
    group.memoryLimit = state.memoryLimit
    known[place] = state
    return group
  }

  private func readUnifiedCPU(_ folders: [String], _ state: inout Known, _ root: inout ProcRoot, _ now: Double, _ isLimitDue: Bool) {
    guard let own = folders.first else { return }
    let cpu = ProcFields.pairs(root.text(own + "/cpu.stat") ?? "")
    if let used = cpu["usage_usec"] { state.cpu.add(used / 1e6, at: now) }
    if let periods = cpu["nr_periods"] { state.periods.add(periods, at: now) }
    if let throttled = cpu["nr_throttled"] { state.throttled.add(throttled, at: now) }
    if isLimitDue { state.cpuLimit = folders.compactMap { Self.quota(root.text($0 + "/cpu.max")) }.min() }
  }

  private func readCPU(
    _ folders: [String], _ place: ProcessEntry.GroupPlace, _ state: inout Known, _ root: inout ProcRoot, _ now: Double, _ isLimitDue: Bool
  ) {
    guard let own = folders.first else { return }
    let stat = ProcFields.pairs(root.text(own + "/cpu.stat") ?? "")
    if let periods = stat["nr_periods"] { state.periods.add(periods, at: now) }
    if let throttled = stat["nr_throttled"] { state.throttled.add(throttled, at: now) }
    let usage = place.cpu.flatMap { mounts?.folders("cpuacct", $0).first }.flatMap { ProcFields.number(root.text($0 + "/cpuacct.usage")) }
    if let usage { state.cpu.add(usage / 1e9, at: now) }
    if isLimitDue {
      state.cpuLimit = folders.compactMap { Self.quota(root.text($0 + "/cpu.cfs_quota_us"), root.text($0 + "/cpu.cfs_period_us")) }.min()
    }
  }

  /// Names of files, by version.
  private struct MemoryFiles {
    let usage: String
    let limit: String
    /// In `memory.stat`: what the kernel gives back at once.
    let inactive: Substring
    let kills: String

    static let unified = MemoryFiles(usage: "/memory.current", limit: "/memory.max", inactive: "inactive_file", kills: "/memory.events")
    static let first = MemoryFiles(
      usage: "/memory.usage_in_bytes", limit: "/memory.limit_in_bytes", inactive: "total_inactive_file", kills: "/memory.oom_control")
  }

  /// A limit of a group above holds for all in it together: where one of these is nearer, usage and limit are told of that one.
  private func readMemory(
    _ folders: [String], _ files: MemoryFiles, _ group: inout HostState.ControlGroup, _ state: inout Known, _ root: inout ProcRoot,
    _ isLimitDue: Bool
  ) {
    guard let own = folders.first else { return }
    func used(_ folder: String) -> Double? {
      ProcFields.number(root.text(folder + files.usage)).map {
        max(0, $0 - (ProcFields.pairs(root.text(folder + "/memory.stat") ?? "")[files.inactive] ?? 0))
      }
    }
    if isLimitDue {
      let limited = folders.compactMap { folder in
        ProcFields.number(root.text(folder + files.limit)).flatMap { $0 < Self.none ? (folder, $0) : nil }
      }
      let nearest = limited.max { (used($0.0) ?? 0) / max(1, $0.1) < (used($1.0) ?? 0) / max(1, $1.1) }
      state.memoryLimit = nearest?.1
      state.memoryFolder = nearest?.0
    }
    group.memory = used(state.memoryFolder ?? own)
    group.oomKills = ProcFields.pairs(root.text(own + files.kills) ?? "")["oom_kill"].map { Int(clamped: $0) }
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
