import OpsModel

/// What the kernel tells of the machine as a whole: `/proc/stat`, `meminfo`, `loadavg`, `vmstat`, `net/netstat` (proc(5)).
struct MachineReader {
  private var busy = CounterWindow(length: 8)
  private var overflows = CounterWindow(length: 30)
  private var recentKills = RecentKills()
  private var name: SafeText?
  private var kernel: SafeText?
  /// Seconds since 1970.
  private(set) var bootTime: Double?

  mutating func read(_ stat: String, _ root: inout ProcRoot, at now: Double) -> HostState {
    if name == nil {
      name = SafeText(escaping: Self.line(root.text("/proc/sys/kernel/hostname")), limit: 64)
      kernel = SafeText(escaping: "Linux " + Self.line(root.text("/proc/sys/kernel/osrelease")), limit: 64)
    }
    var host = HostState(name: name ?? "")
    host.kernel = kernel
    processor(stat, &host, now)
    host.load = ProcFields.number(root.text("/proc/loadavg", limit: 256))
    host.uptime = ProcFields.number(root.text("/proc/uptime", limit: 256))
    memory(root.text("/proc/meminfo", limit: 8_192) ?? "", &host)
    if let kills = ProcFields.pairs(root.text("/proc/vmstat", limit: 32_768) ?? "")["oom_kill"] {
      let kills = Int(clamped: kills)
      host.oomKills = kills
      host.newOOMKills = recentKills.recent(kills, at: now)
    }
    if let dropped = Self.extended(root.text("/proc/net/netstat", limit: 16_384) ?? "", "TcpExt:", "ListenOverflows") {
      overflows.add(dropped, at: now)
      host.overflows = overflows.rate
    }
    return host
  }

  private static func line(_ text: String?) -> String { text?.split(separator: "\n").first.map(String.init) ?? "?" }

  private mutating func processor(_ stat: String, _ host: inout HostState, _ now: Double) {
    for line in stat.split(separator: "\n") {
      let words = ProcFields.words(line)
      guard let first = words.first else { continue }
      if first == "cpu" {
        // user, nice, system, then idle and waiting for disks, then interrupts and what the hypervisor took.
        let numbers = words.dropFirst().prefix(8).map { Double($0) ?? 0 }
        if numbers.count == 8 {
          busy.add((numbers[0] + numbers[1] + numbers[2] + numbers[5] + numbers[6] + numbers[7]) / ProcStat.ticks, at: now)
        }
      } else if first.hasPrefix("cpu") {
        host.cores = (host.cores ?? 0) + 1
      } else if first == "btime", words.count > 1 {
        bootTime = Double(words[1])
      }
    }
    host.cpu = busy.rate
  }

  /// Kilobytes.
  private func memory(_ text: String, _ host: inout HostState) {
    let values = ProcFields.pairs(text)
    host.memory = values["MemTotal:"].map { $0 * 1024 }
    host.available = values["MemAvailable:"].map { $0 * 1024 }
    if let total = values["SwapTotal:"], let free = values["SwapFree:"] { host.swapUsed = (total - free) * 1024 }
  }

  /// A line of names, and a line of values.
  static func extended(_ text: String, _ section: String, _ name: String) -> Double? {
    let lines = text.split(separator: "\n").filter { $0.hasPrefix(section) }.map { ProcFields.words($0) }
    guard lines.count >= 2, let index = lines[0].firstIndex(where: { $0 == name }), index < lines[1].count else { return nil }
    return Double(lines[1][index])
  }
}
