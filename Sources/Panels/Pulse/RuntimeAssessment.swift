import Console
import OpsModel

/// How a source of processes or alerts is: the worst verdict on a process, the alerts that fire, what presses on the machine.
enum RuntimeAssessment {
  static func of(_ observed: Observation, _ source: SourceView, _ view: StoreView) -> PulseAssessment.Verdict {
    var findings: [PulseAssessment.Verdict] = observed.notices.filter { $0.severity >= .warning }.map { ($0.severity, $0.text) }
    findings += alerts(observed.alerts) + processes(observed, source, view)
    let worst = findings.map(\.severity).max() ?? .ok
    let ordered = findings.sorted { $0.severity > $1.severity }
    return (worst, SafeText.join(ordered.prefix(3).map(\.text) + totals(observed, source, view), ", "))
  }

  private static func alerts(_ alerts: [AlertState]) -> [PulseAssessment.Verdict] {
    let firing = alerts.filter { $0.state == .firing && $0.severity > .ok }
    guard let worst = firing.max(by: { $0.severity < $1.severity }) else { return [] }
    let more: SafeText = firing.count > 1 ? " and \(Units.count(firing.count - 1)) more" : ""
    return [(worst.severity, "alert \(worst.name)\(more)")]
  }

  /// Only processes that this source tells of, and only what its own rung can see is counted twice nowhere: a process that two sources
  /// know stands with the first of them.
  private static func processes(_ observed: Observation, _ source: SourceView, _ view: StoreView) -> [PulseAssessment.Verdict] {
    let troubled = view.processes.filter { $0.severity > .ok && $0.id.source == source.name }.sorted { $0.severity > $1.severity }
    guard let first = troubled.first, let verdict = first.verdicts.first else { return [] }
    let name: SafeText = first.state.pid.map { "\(first.state.name):\($0)" } ?? first.state.name
    let more: SafeText = troubled.count > 1 ? " (and \(Units.count(troubled.count - 1, "other"))" + ")" : ""
    return [(first.severity, "\(name) \(verdict.sentence)\(more)")]
  }

  private static func totals(_ observed: Observation, _ source: SourceView, _ view: StoreView) -> [SafeText] {
    var parts: [SafeText] = []
    if !observed.runtimes.isEmpty || observed.facets.contains(.runtimes) { parts.append(count(observed.runtimes)) }
    if let host = observed.host {
      if let cpu = host.cpu, let cores = host.cores { parts.append("cpu \(Signal.Unit.cores.text(cpu))/\(cores)") }
      if let free = host.available, let all = host.memory { parts.append("\(Units.bytes(free, of: all)) free") }
    }
    if observed.facets.contains(.alerts) {
      let firing = observed.alerts.filter { $0.state == .firing }.count
      parts.append(firing == 0 ? "no alert fires" : Units.count(firing, "alert"))
      let silenced = observed.alerts.filter { $0.state == .suppressed }.count
      if silenced > 0 { parts.append("\(Units.count(silenced)) suppressed") }
    }
    return parts
  }

  /// `3 processes: node 1, python 2`
  private static func count(_ runtimes: [RuntimeState]) -> SafeText {
    guard !runtimes.isEmpty else { return "no process of a known runtime" }
    if runtimes.count == 1, let only = runtimes.first { return one(only) }
    let languages = Dictionary(grouping: runtimes, by: \.language).sorted {
      ($0.value.count, $1.key.rawValue) > ($1.value.count, $0.key.rawValue)
    }
    let words = languages.prefix(4).map { "\(SafeText(escaping: $0.key.rawValue)) \($0.value.count)" as SafeText }
    return "\(Units.count(runtimes.count)) processes: \(SafeText.join(words, ", "))"
  }

  /// The numbers of a single process: `loop p99 12ms, heap 71 %, gc 2.1 %`.
  private static func one(_ state: RuntimeState) -> SafeText {
    var words: [SafeText] = []
    func add(_ label: SafeText, _ signal: Signal) {
      if let found = state.signals.reading(signal) { words.append("\(label) \(found.text(signal.unit))") }
    }
    add("loop p99", .loopLagP99)
    add("gc", .gcTime)
    if let used = state.signals[.heapUsed] {
      words.append("heap \(state.signals[.heapLimit].map { Units.bytes(used, of: $0) } ?? Units.bytes(used))")
    } else {
      add("rss", .rss)
    }
    if let active = state.signals[.poolActive], let size = state.signals[.poolSize] {
      words.append("pool \(Int(clamped: active))/\(Int(clamped: size))")
    }
    add("backlog", .acceptBacklog)
    if let rate = state.signals[.requestRate] { words.append("\(Units.rate(rate)) requests") }
    return words.isEmpty ? "1 process, no number yet" : SafeText.join(words, ", ")
  }
}
