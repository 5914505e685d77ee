import Glibc
import OpsModel

/// What `/proc` tells of gunicorn: who is a master and who its workers, their heartbeats, and whether they wait for a request.
struct GunicornProcesses {
  private var root = ProcRoot()
  private var table = ProcessTable(languages: [.python])

  /// Masters and their workers.
  mutating func masters(at now: Moment) -> [GunicornMaster] {
    table.poll(&root, at: now.steady)
    let all = table.entries.values.filter { $0.kind.name.text.hasPrefix("gunicorn") }
    let pids = Set(all.map(\.pid))
    func parent(_ entry: ProcessEntry) -> Int32 { table.stats[entry.pid]?.parent ?? 0 }
    let children = Dictionary(grouping: all, by: parent)
    return all.filter { !pids.contains(parent($0)) }.sorted { $0.pid < $1.pid }.map { master in
      let workers = (children[master.pid] ?? []).sorted { $0.pid < $1.pid }
      return self.master(master.pid, workers.map { GunicornMaster.Worker(pid: $0.pid, beat: beat($0.pid)) })
    }
  }

  /// An option of its arguments; not known where a file holds it, or a title stands there instead.
  private static func option(_ words: [String], _ long: String, _ short: String) -> String? {
    for (index, word) in words.enumerated() {
      if word.hasPrefix(long + "=") { return String(word.dropFirst(long.count + 1)) }
      if word == long || word == short, index + 1 < words.count { return words[index + 1] }
    }
    return nil
  }

  private mutating func master(_ pid: Int32, _ workers: [GunicornMaster.Worker]) -> GunicornMaster {
    let words = (root.read("/proc/\(pid)/cmdline", limit: 16_384) ?? []).split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    var out = GunicornMaster(pid: pid, workers: workers)
    out.timeout = Self.option(words, "--timeout", "-t").flatMap { Double($0) }
    out.workerClass = Self.option(words, "--worker-class", "-k")
    // Sync is what gunicorn takes where nobody says otherwise; a file may.
    let isPlain =
      words.count > 1
      && !words.contains { ["-c", "--config", "--threads"].contains($0) || $0.hasPrefix("--config=") || $0.hasPrefix("--threads=") }
    if out.workerClass == nil && isPlain { out.workerClass = "sync" }
    return out
  }

  /// Each worker holds a deleted file whose time is that of its last heartbeat, on the clock since boot without sleep.
  func beat(_ pid: Int32) -> Double? {
    for file in root.numbers(in: "/proc/\(pid)/fd", limit: 256) {
      guard let link = root.link("/proc/\(pid)/fd/\(file)"), link.contains("/wgunicorn-") else { continue }
      guard let facts = root.facts("/proc/\(pid)/fd/\(file)") else { return nil }
      var clock = timespec()
      clock_gettime(CLOCK_MONOTONIC, &clock)
      let age = Double(clock.tv_sec) + Double(clock.tv_nsec) / 1e9 - facts.modified
      // A file that was never beaten has the time of day.
      return age >= -1 && age < 1e7 ? max(0, age) : nil
    }
    return nil
  }

  /// A worker that handles one request at a time waits for the next in `select`, with nothing else; nil where it may not be seen.
  mutating func isBusy(_ pid: Int32) -> Bool? {
    guard let text = root.text("/proc/\(pid)/syscall", limit: 256), let first = ProcFields.words(text).first else { return nil }
    if first == "running" { return true }
    return !Self.selects.contains(String(first))
  }

  /// Numbers of `select` and `pselect6`, of this machine's kind.
  #if arch(x86_64)
    private static let selects: Set<String> = ["23", "270"]
  #else
    private static let selects: Set<String> = ["72"]
  #endif
}
