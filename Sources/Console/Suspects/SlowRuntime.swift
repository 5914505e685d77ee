import OpsModel

/// A process whose loop is blocked, or that does little but collect garbage.
enum SlowRuntime {
  /// Seconds of lag, as a mean over the last looks, without which a loop is no suspect.
  static let lag = 0.1

  static func find(_ scene: SuspectScene) -> [Suspect] {
    scene.view.processes.compactMap { process in
      guard let verdict = process.verdicts.first(where: { isCause($0, process, scene) }) else { return nil }
      guard let source = scene.view.source(process.id.source), source.isFresh(at: scene.now) else { return nil }
      let name: SafeText = process.state.pid.map { "\(process.state.name):\($0)" } ?? process.state.name
      var evidence = [Suspect.Evidence(verdict.evidence, from: source.name)]
      if let p99 = process.signals.reading(.requestP99), p99.value > 0.25 {
        evidence.append(Suspect.Evidence("its requests are slow: p99 \(p99.text(.seconds))", from: source.name))
      }
      if let slow = slowest(process) { evidence.append(slow) }
      return Suspect(
        "slow-runtime", process.id, verdict.severity, score: verdict.severity == .critical ? 69 : 63, "\(name): \(verdict.title)",
        evidence: evidence,
        advice: "look inside (6 Runtimes, i): what does it run?", since: scene.now.unix)
    }
  }

  private static func isCause(_ verdict: Diagnosis.Verdict, _ process: ProcessView, _ scene: SuspectScene) -> Bool {
    guard verdict.severity >= .warning else { return false }
    switch verdict.title {
    case "loop blocked by code", "loop lags", "loop held up by collections", "loop starved by the host":
      let means = process.ids.compactMap { id in
        // Two looks at least, however far they are apart.
        let window = max(10, 1.5 * (scene.view.source(id.source)?.interval ?? 0))
        return scene.view.history.mean(.signal(.loopLagP99), of: id, from: window, until: 0)
      }
      return means.contains { $0.value > lag && $0.count >= 2 }
    case "GC thrash", "pool exhausted", "pool exhausted, its workers wait for something else", "connections are refused",
      "killed for want of memory", "loop is never idle":
      return true
    default: return false
    }
  }

  /// The endpoint that takes longest, where requests are told apart.
  private static func slowest(_ process: ProcessView) -> Suspect.Evidence? {
    let costs = process.state.costs.filter { $0.unit == .request && !$0.name.isEmpty }
    guard let slow = costs.max(by: { ($0.totalTime?.value ?? 0) < ($1.totalTime?.value ?? 0) }), let time = slow.totalTime,
      time.value > 0.25
    else { return nil }
    return Suspect.Evidence("it serves \(slow.name.prefix(40)): \(Units.duration(time.value)) each", from: process.id.source)
  }
}
