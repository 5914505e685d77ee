import OpsModel

/// Follows the processes of a machine whose runtimes are known here. Others are looked at now and then only, since a shell may become
/// a server (`exec`).
struct ProcessTable {
  /// Polls between two looks at a process that is no runtime.
  private static let patience = 5
  /// Seconds for which groups, limits and the like are not read again.
  private static let detailAge = 30.0
  private static let most = 30_000

  private(set) var entries: [Int32: ProcessEntry] = [:]
  private(set) var stats: [Int32: ProcStat] = [:]
  /// Processes in all.
  private(set) var count = 0
  private var others: Set<Int32> = []
  private var finder = ProcessFinder()
  private var polls = 0
  /// Which languages are followed; all where nil.
  let languages: Set<Language>?

  init(languages: Set<Language>? = nil) { self.languages = languages }

  mutating func poll(_ root: inout ProcRoot, at now: Double) {
    polls += 1
    let pids = root.numbers(in: "/proc", limit: Self.most)
    count = pids.count
    stats.removeAll(keepingCapacity: true)
    var living: Set<Int32> = []
    living.reserveCapacity(pids.count)
    for pid in pids {
      living.insert(pid)
      if others.contains(pid) && (Int(pid) + polls) % Self.patience != 0 { continue }
      look(at: pid, &root, now)
    }
    entries = entries.filter { living.contains($0.key) && stats[$0.key] != nil }
    others.formIntersection(living)
  }

  private mutating func look(at pid: Int32, _ root: inout ProcRoot, _ now: Double) {
    guard let found = root.with("/proc/\(pid)/stat", limit: 4096, { ProcStat($0) }), let stat = found else { return }
    // What has ended and was not waited for has no memory and no threads to tell of.
    if stat.state == UInt8(ascii: "Z") { return others.formUnion([pid]) }
    var entry = entries[pid]
    if entry?.started != stat.started { entry = nil }
    if entry == nil || (Int(pid) + polls) % (Self.patience * 6) == 0 {
      guard let kind = finder.kind(of: pid, name: stat.name, &root), languages?.contains(kind.language) ?? true else {
        entries[pid] = nil
        others.insert(pid)
        return
      }
      others.remove(pid)
      if entry == nil { entry = ProcessEntry(pid: pid, started: stat.started, kind: kind) }
      entry?.kind = kind
    }
    guard var entry else { return }
    if now - entry.readAt > Self.detailAge || entry.readAt == 0 { finder.complete(&entry, &root, at: now) }
    entry.cpu.add(stat.cpu, at: now)
    stats[pid] = stat
    entries[pid] = entry
  }

  mutating func update(_ pid: Int32, _ change: (inout ProcessEntry) -> Void) {
    if var entry = entries[pid] {
      change(&entry)
      entries[pid] = entry
    }
  }
}
