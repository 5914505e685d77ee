import OpsModel

/// The counters by what they mean. Ticks are divided by `sun.os.hrt.frequency`.
struct HsPerfView {
  let perf: HsPerf

  struct Collector {
    let index: Int
    let name: String
    let invocations: Int
    /// Seconds.
    let time: Double
    /// Seconds that the last one took; nil before the first.
    let last: Double?
    /// When that was, in ticks.
    let ended: Int64?
  }

  private var frequency: Double {
    let value = Double(perf.numbers["sun.os.hrt.frequency"] ?? 1_000_000_000)
    return value > 0 ? value : 1e9
  }

  private func seconds(_ key: String) -> Double? { perf.numbers[key].map { Double($0) / frequency } }

  /// By number; one may be missing between two others (ZGC of 21 and later).
  var collectors: [Collector] {
    (0..<8).compactMap { index in
      let prefix = "sun.gc.collector.\(index)."
      guard let count = perf.numbers[prefix + "invocations"], let time = seconds(prefix + "time") else { return nil }
      let entry = perf.numbers[prefix + "lastEntryTime"] ?? 0
      let exit = perf.numbers[prefix + "lastExitTime"] ?? 0
      let last = exit > entry && entry > 0 ? Double(exit - entry) / frequency : nil
      return Collector(
        index: index, name: perf.texts[prefix + "name"] ?? "collector \(index)", invocations: Int(clamped: Double(count)), time: time,
        last: last,
        ended: exit > 0 ? exit : nil)
    }
  }

  func generation(_ index: Int, _ field: String) -> Double? { perf.numbers["sun.gc.generation.\(index).\(field)"].map { Double($0) } }

  func space(_ generation: Int, _ space: Int, _ field: String) -> Double? { self.generation(generation, "space.\(space).\(field)") }

  private var spaces: [(generation: Int, space: Int)] {
    (0..<2).flatMap { generation in (0..<5).map { (generation, $0) } }.filter { space($0.0, $0.1, "used") != nil }
  }

  var used: Double? { spaces.isEmpty ? nil : spaces.reduce(0) { $0 + (space($1.generation, $1.space, "used") ?? 0) } }

  var oldUsed: Double? { space(1, 0, "used") }

  var policy: String { perf.texts["sun.gc.policy.name"] ?? "" }

  /// The collector as people name it.
  var collectorName: SafeText {
    let first = collectors.first?.name ?? ""
    if policy.contains("GarbageFirst") || first.hasPrefix("G1") { return "G1" }
    if first.contains("PS") || policy.contains("ParScav") { return "Parallel" }
    if isZ { return "ZGC" }
    if isShenandoah { return "Shenandoah" }
    if policy.contains("Copy") || first.contains("Copy") || first.contains("Serial") { return "Serial" }
    return SafeText(escaping: policy.isEmpty ? "?" : policy, limit: 40)
  }

  /// `Z concurrent cycle pauses`, later `ZGC minor collection pauses`.
  var isZ: Bool { collectors.contains { $0.name.hasPrefix("Z") } }

  /// Of the old generation: full ones; cycles of G1 pause twice, those of ZGC three times.
  var cycles: Int {
    let counts = Dictionary(collectors.map { ($0.index, $0.invocations) }, uniquingKeysWith: { first, _ in first })
    return isZ ? (counts[2] ?? 0) / 3 : (counts[1] ?? 0) + (counts[2] ?? 0) / 2
  }

  /// Its counters are not those of pauses.
  var isShenandoah: Bool { collectors.contains { $0.name.contains("Shenandoah") } || policy.contains("Shenandoah") }

  /// Both generations of collectors by region may grow to the whole heap; those of the others add up to it.
  var limit: Double? {
    let young = generation(0, "maxCapacity") ?? 0
    let old = generation(1, "maxCapacity") ?? 0
    guard young + old > 0 else { return nil }
    let isByRegion = young == 0 || old == 0 || abs(young - old) < 1024
    return isByRegion ? max(young, old) : young + old
  }

  var safepointTime: Double? { seconds("sun.rt.safepointTime") }

  /// Seconds since 1970.
  var startedAt: Double? { perf.numbers["sun.rt.createVmBeginTime"].map { Double($0) / 1000 } }

  var liveThreads: Double? { perf.numbers["java.threads.live"].map { Double($0) } }

  /// What is being collected for now.
  var cause: SafeText? {
    guard let cause = perf.texts["sun.gc.cause"], !cause.isEmpty, cause != "No GC" else { return nil }
    return SafeText(escaping: cause, limit: 80)
  }

  var version: SafeText {
    let version = perf.texts["java.property.java.vm.version"] ?? perf.texts["java.property.java.version"] ?? ""
    return "JVM \(SafeText(escaping: version, limit: 60)), \(collectorName)"
  }

  /// The main class or the jar alone: arguments may hold secrets.
  var name: SafeText? {
    let words = (perf.texts["sun.rt.javaCommand"] ?? "").split(separator: " ")
    guard let first = words.first else { return nil }
    if first.hasPrefix("jdk.compiler/"), words.count > 1, words[1].hasSuffix(".java") { return Self.last(words[1], "/") }
    return first.hasSuffix(".jar") ? Self.last(first, "/") : Self.last(Self.last(first, "/").text[...], ".")
  }

  private static func last(_ text: Substring, _ sign: Character) -> SafeText {
    SafeText(escaping: text.split(separator: sign).last.map(String.init) ?? String(text), limit: 60)
  }
}
