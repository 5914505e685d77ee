import OpsModel

/// Something that is used up: connections of a database, memory of a machine.
enum Scarcity {
  static func find(_ scene: SuspectScene) -> [Suspect] {
    scene.fresh.flatMap { source, observed in
      [connections(source, observed, scene), kills(source, observed, scene), pressure(source, observed, scene)].compactMap { $0 }
    }
  }

  private static func connections(_ source: SourceView, _ observed: Observation, _ scene: SuspectScene) -> Suspect? {
    guard let used = observed.server?.connections, let limit = observed.server?.connectionLimit, limit > 0, used * 100 >= limit * 95 else {
      return nil
    }
    let holders = Dictionary(grouping: observed.sessions.filter(\.isClient)) { $0.application ?? "hidden" }
    let most = holders.max { ($0.value.count, $1.key) < ($1.value.count, $0.key) }
    let idle = observed.sessions.filter { $0.isClient && !$0.isActive }.count
    var evidence = [Suspect.Evidence("\(Units.count(idle)) of them do nothing", from: source.name)]
    if let most {
      evidence.append(
        Suspect.Evidence("most are of \(most.key.isEmpty ? "no name" : most.key.prefix(24)): \(most.value.count)", from: source.name))
    }
    return Suspect(
      "connections", source.id, .critical, score: 65, "\(source.name) has \(used) of \(limit) connections in use", evidence: evidence,
      advice: "find who does not give them back (5 Database, n)", since: scene.now.unix)
  }

  private static func kills(_ source: SourceView, _ observed: Observation, _ scene: SuspectScene) -> Suspect? {
    guard let host = observed.host, let kills = host.newOOMKills, kills > 0 else { return nil }
    return Suspect(
      "memory", source.id, .critical, score: 67, "\(host.name) killed \(Units.count(kills, "process")) for want of memory",
      evidence: [Suspect.Evidence("in the last ten minutes", from: source.name)], advice: "see which group is full (6 Runtimes, h)",
      since: scene.now.unix)
  }

  private static func pressure(_ source: SourceView, _ observed: Observation, _ scene: SuspectScene) -> Suspect? {
    guard let host = observed.host, let share = host.pressure.first(where: { $0.resource == .memory })?.some, share > 0.2 else {
      return nil
    }
    return Suspect(
      "memory", source.id, .warning, score: 57, "\(host.name) is short of memory",
      evidence: [
        Suspect.Evidence("tasks wait for memory \(Units.percent(share)) of the time", from: source.name)
      ], advice: "see which group is full (6 Runtimes, h)", since: scene.now.unix)
  }
}
