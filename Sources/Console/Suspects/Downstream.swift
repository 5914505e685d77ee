import OpsModel

/// Workers that are all busy since something they may depend on became slow first.
enum Downstream {
  static func find(_ scene: SuspectScene) -> [Suspect] {
    scene.fresh.filter { $0.observed.facets.contains(.workers) && $0.observed.facets.contains(.queues) }.flatMap { source, _ in
      guard let busy = Slowness.busy(scene, source), busy >= 0.9, let before = Slowness.busy(scene, source, from: 180, until: 60),
        before < 0.7
      else { return [Suspect]() }
      return scene.view.processes.compactMap { suspect($0, source, scene) }
    }
  }

  private static func suspect(_ process: ProcessView, _ workers: SourceView, _ scene: SuspectScene) -> Suspect? {
    guard let series = process.ids.lazy.compactMap({ Onset.of(.signal(.requestP99), $0, scene) }).first, series.factor >= 2,
      let begun = Onset.of(.busy, workers.id, scene), series.since <= begun.since
    else { return nil }
    return Suspect(
      "downstream", process.id, .warning, score: 56,
      "\(process.state.name) became slow before the workers of \(workers.name) were all busy",
      evidence: [
        Suspect.Evidence(
          "its p99 is \(Units.duration(series.now)), \(Units.duration(series.before)) before \(Calendar.clock(series.since))",
          from: process.id.source),
        Suspect.Evidence("all busy since \(Calendar.clock(begun.since))", from: workers.name),
      ], advice: "do these tasks call it? then it is the cause", since: series.since)
  }
}
