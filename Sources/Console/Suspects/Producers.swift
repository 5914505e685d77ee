import OpsModel

/// A queue that grows because more comes in, while its workers are as fast as before.
enum Producers {
  static func find(_ scene: SuspectScene) -> [Suspect] {
    scene.fresh.filter { $0.observed.facets.contains(.queues) }.compactMap { source, observed in
      guard let flow = scene.flow(of: source), flow.growth > 0.5, flow.done >= 0.75 * flow.doneBefore,
        flow.arriving >= 1.7 * flow.arrivingBefore, flow.arriving - flow.arrivingBefore >= 1, flow.arrivingBefore > 0.05
      else { return nil }
      guard let queue = growing(observed, scene), (queue.ready ?? 0) >= 10 else { return nil }
      let times = Units.short((flow.arriving / flow.arrivingBefore).rounded())
      return Suspect(
        "producers", queue.id, .warning, score: 66,
        "\(times) times as much comes into \(source.name) as before: \(Units.rate(flow.arriving))",
        evidence: [
          Suspect.Evidence(
            "before \(Units.rate(flow.arrivingBefore)); \(queue.name) has \(Units.count(queue.ready ?? 0)) ready", from: source.name),
          Suspect.Evidence(
            "workers are not slower: \(Units.rate(flow.done)) done, \(Units.rate(flow.doneBefore)) before", from: source.name),
        ], advice: "find who sends more, or add workers", since: scene.now.unix - SuspectScene.recent)
    }
  }

  private static func growing(_ observed: Observation, _ scene: SuspectScene) -> QueueState? {
    observed.queues.max { grown($0, scene) < grown($1, scene) }
  }

  private static func grown(_ queue: QueueState, _ scene: SuspectScene) -> Double {
    scene.view.history.rate(.ready, of: queue.id, from: SuspectScene.recent, until: 0) ?? 0
  }
}
