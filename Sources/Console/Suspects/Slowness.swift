import OpsModel

/// Workers that are all at work and do less than before. More a consequence than a cause: it stands below what explains it.
enum Slowness {
  static func find(_ scene: SuspectScene) -> [Suspect] {
    scene.fresh.filter { $0.observed.facets.contains(.workers) }.compactMap { source, observed in
      guard let flow = scene.flow(of: source), flow.growth > 0.2, flow.doneBefore > 0.5, flow.done <= 0.6 * flow.doneBefore,
        let busy = Self.busy(scene, source), busy >= 0.85
      else { return nil }
      let longest = observed.workers.max { ($0.onTask ?? 0) < ($1.onTask ?? 0) }
      var evidence = [
        Suspect.Evidence(
          "\(Units.rate(flow.done)) done, \(Units.rate(flow.doneBefore)) before; \(Units.percent(busy)) of its workers are busy",
          from: source.name)
      ]
      if let longest, let time = longest.onTask, time > 2, let task = longest.currentTask {
        evidence.append(
          Suspect.Evidence("longest now: \(WorkBook.name(task)) for \(Units.age(time)) on \(longest.name)", from: source.name))
      }
      return Suspect(
        "workers-slow", source.id, .warning, score: 40, "the workers of \(source.name) are all busy and slower than before",
        evidence: evidence,
        advice: "see what they wait for: locks, a service, a processor", since: scene.now.unix - SuspectScene.recent)
    }
  }

  /// Share of workers at work lately.
  static func busy(_ scene: SuspectScene, _ source: SourceView, from: Double = SuspectScene.recent, until: Double = 0) -> Double? {
    guard let busy = scene.view.history.mean(.busy, of: source.id, from: from, until: until),
      let all = scene.view.history.mean(.workers, of: source.id, from: from, until: until), all.value > 0
    else { return nil }
    return busy.value / all.value
  }
}
