import OpsModel

/// Looks at the threads of processes that have many: names, processor time, and how long each could run and had no core (`schedstat`). A
/// poll looks at a few hundred threads at most, those of the processes next that were not looked at for longest.
struct ThreadWalk {
  /// Threads in one poll.
  static let budget = 300
  /// Threads of one process.
  static let most = 250

  /// Languages whose work is spread over threads.
  static let threaded: Set<Language> = [.jvm, .dotnet, .go]

  static func run(_ table: inout ProcessTable, _ root: inout ProcRoot, at now: Double) {
    var left = budget
    let due = table.entries.values.filter { threaded.contains($0.kind.language) }.sorted { $0.threadsAt < $1.threadsAt }
    for entry in due {
      let count = min(most, table.stats[entry.pid]?.threads ?? 0)
      if count > left && left < budget { break }
      left -= count
      let found = threads(of: entry, &root, now)
      table.update(entry.pid) {
        $0.threads = found
        $0.threadsAt = now
      }
    }
    // Elsewhere one thread does the work, and it is the first one.
    for entry in table.entries.values where !threaded.contains(entry.kind.language) {
      let main = entry.kind.language == .node ? root.with("/proc/\(entry.pid)/task/\(entry.pid)/stat", limit: 4096, { ProcStat($0) }) : nil
      let waited = delay("/proc/\(entry.pid)/schedstat", &root)
      table.update(entry.pid) {
        if let main, let main { $0.mainCPU.add(main.cpu, at: now) }
        if let waited { $0.delay.add(waited, at: now) }
      }
    }
  }

  private static func threads(of entry: ProcessEntry, _ root: inout ProcRoot, _ now: Double) -> [Int32: ProcessEntry.ThreadEntry] {
    let seconds = now - entry.threadsAt
    var out: [Int32: ProcessEntry.ThreadEntry] = [:]
    for thread in root.numbers(in: "/proc/\(entry.pid)/task", limit: most) {
      let path = "/proc/\(entry.pid)/task/\(thread)"
      guard let found = root.with(path + "/stat", limit: 4096, { ProcStat($0) }), let stat = found else { continue }
      let waited = delay(path + "/schedstat", &root) ?? 0
      var made = ProcessEntry.ThreadEntry(name: String(decoding: stat.name, as: UTF8.self), cpu: stat.cpu, delay: waited)
      if let before = entry.threads[thread], seconds > 0.2, before.name == made.name {
        made.rate = max(0, stat.cpu - before.cpu) / seconds
        made.delayRate = max(0, waited - before.delay) / seconds
      } else if let before = entry.threads[thread], before.name == made.name {
        // Too soon after the last look for a rate: that one still stands.
        made = before
      }
      out[thread] = made
    }
    return out
  }

  /// Seconds in which it could run and did not: the second number, in nanoseconds.
  private static func delay(_ path: String, _ root: inout ProcRoot) -> Double? {
    root.with(path, limit: 256) { bytes in
      let words = bytes.split(separator: 0x20)
      return words.count > 1 ? Double(String(decoding: words[1], as: UTF8.self)).map { $0 / 1e9 } : nil
    } ?? nil
  }
}
