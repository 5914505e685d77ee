/// What the name of a thread tells (15 bytes of `comm`): whether it collects garbage, and which others do the same.
enum ThreadNames {
  private static let collectors = [
    "GC Thread", "G1 Main Marker", "G1 Conc", "G1 Refine", "G1 Service", "Parallel GC", "ZDirector", "ZDriver", "ZWorker", "ZStat",
    "XDirector", "XDriver",
    "XWorker", "RuntimeWorker", "Shenandoah", ".NET Server GC", ".NET BGC",
  ]

  static func collects(_ name: String) -> Bool { collectors.contains { name.hasPrefix($0) } }

  /// `GC Thread#3` → `GC Thread`, `pool-1-thread-12` → `pool-1-thread`.
  static func role(_ name: String) -> String {
    var rest = Substring(name)
    while let last = rest.last, last.isNumber || "#-_ /:.".contains(last) { rest.removeLast() }
    return rest.isEmpty ? name : String(rest)
  }
}
