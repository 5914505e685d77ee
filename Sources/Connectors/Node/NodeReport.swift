import OpsModel

/// What a Node process told, for people.
struct NodeReport {
  var stack: [SafeText] = []
  var answers: [(from: SafeText, text: SafeText)] = []
  /// Its own pid, by which it is known to be the one that was meant.
  private(set) var pid: Int?
  private var started: (idle: Double, active: Double)?

  init(_ look: [UInt8]) throws(Failure) {
    guard let fields = JSONScan.object(look) else { throw .garbage(SafeText(bytes: look.prefix(60))) }
    if let error = JSONScan.string(fields["error"]) {
      throw .refused(code: "", message: "the process answers: \(SafeText(bytes: error, limit: 200))")
    }
    pid = JSONScan.number(fields["pid"]).map { Int(clamped: $0) }
    let text = JSONScan.string(fields["stack"]) ?? []
    // The first lines are those of the question itself.
    stack = text.split(separator: 0x0A).dropFirst().map { SafeText(bytes: $0.drop { $0 == 0x20 }, limit: 300) }.filter { !Self.isOurs($0) }
    if let first = stack.first {
      answers.append(("STACK", "it is \(first)"))
    } else {
      answers.append(("stack", "no JavaScript runs: it waits for something to do, or is inside native code"))
    }
    memory(fields)
    started = Self.utilisation(fields["elu"].map { Array($0) } ?? [])
    if let active = fields["active"].flatMap({ JSONScan.object($0) }), !active.isEmpty {
      let words = active.sorted { $0.key < $1.key }.prefix(8).map {
        "\(SafeText(escaping: $0.key, limit: 40)) \(SafeText(bytes: $0.value.prefix(12)))" as SafeText
      }
      answers.append(("keeps", SafeText.join(words, ", ")))
    }
  }

  private static func isOurs(_ line: SafeText) -> Bool { line.text.contains("<anonymous>:1:") && !line.text.contains("(/") }

  private mutating func memory(_ fields: [String: JSONScan.Slice]) {
    let memory = fields["memory"].flatMap { JSONScan.object($0) } ?? [:]
    let heap = fields["heap"].flatMap { JSONScan.object($0) } ?? [:]
    var words: [SafeText] = []
    if let used = JSONScan.number(heap["used"]) ?? JSONScan.number(memory["heapUsed"]) {
      words.append("heap \(JSONScan.number(heap["limit"]).map { Units.bytes(used, of: $0) } ?? Units.bytes(used))")
    }
    if let rss = JSONScan.number(memory["rss"]) { words.append("rss \(Units.bytes(rss))") }
    if let outside = JSONScan.number(memory["external"]) { words.append("external \(Units.bytes(outside))") }
    if let version = JSONScan.string(fields["version"]) { words.append("node \(SafeText(bytes: version, limit: 20))") }
    if let up = JSONScan.number(fields["uptime"]) { words.append("up \(Units.age(up))") }
    answers.append(("memory", SafeText.join(words, ", ")))
  }

  private static func utilisation(_ text: [UInt8]) -> (idle: Double, active: Double)? {
    guard let fields = JSONScan.object(text), let idle = JSONScan.number(fields["idle"]), let active = JSONScan.number(fields["active"])
    else { return nil }
    return (idle, active)
  }

  /// Between the first look and this one. Inside a loop that never ends both stand still: then it is wholly at work.
  mutating func addUtilisation(_ text: [UInt8], over seconds: Double) {
    guard let started, let now = Self.utilisation(text) else { return }
    let idle = now.idle - started.idle
    let active = now.active - started.active
    let share = idle + active > 1 ? active / (idle + active) : (stack.isEmpty ? nil : 1)
    if let share { answers.append(("loop", "at work \(Units.percent(share)) of \(Units.duration(seconds))")) }
  }

  mutating func addDelay(_ text: [UInt8]) {
    guard let fields = JSONScan.object(text), let count = JSONScan.number(fields["count"]) else { return }
    guard count > 0 else { return answers.append(("delay", "the loop did not turn once while it was looked at")) }
    func part(_ key: String) -> SafeText { JSONScan.number(fields[key]).map { Units.duration(max(0, $0 - SignalRules.resolution)) } ?? "—" }
    answers.append(("delay", "p50 \(part("p50")), p99 \(part("p99")), longest \(part("max")) beyond the resolution of 10 ms"))
  }

  mutating func add(_ profile: NodeProfile) {
    for spot in profile.spots { answers.append(("profile", "\(Units.percent(spot.share)) \(spot.name)")) }
  }

  var document: [UInt8] {
    Array(
      stack.map { Array("    at ".utf8) + Array($0.text.utf8.starts(with: "at ".utf8) ? $0.text.dropFirst(3).utf8 : $0.text[...].utf8) }
        .joined(separator: [0x0A]))
  }
}
