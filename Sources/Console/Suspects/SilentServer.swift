import OpsModel

/// A server that does not answer: everything that is known of it is old, and whoever works with it stands still.
enum SilentServer {
  /// Seconds without an answer, of a source that is not known to have failed.
  static let patience = 6.0

  static func find(_ scene: SuspectScene) -> [Suspect] {
    var groups: [SafeText: [(source: SourceView, since: Moment)]] = [:]
    var causes: [SafeText: SafeText] = [:]
    for source in scene.view.sources where !source.isResting {
      guard let found = trouble(source, scene.now) else { continue }
      groups[found.address, default: []].append((source, found.since))
      causes[found.address] = found.what
    }
    return groups.map { address, members in suspect(address, causes[address] ?? address, members, scene) }
  }

  private static func trouble(_ source: SourceView, _ now: Moment) -> (address: SafeText, what: SafeText, since: Moment)? {
    if let (failure, since) = source.reading.failure {
      return (failure.server ?? "\(source.name): \(failure.what)", failure.what, since)
    }
    guard let asked = source.askedAt, now.age(since: asked) > max(patience, 2 * source.interval) else { return nil }
    let words: SafeText = "\(source.name) does not answer: asked \(Units.age(now.age(since: asked))) ago"
    return (source.name, words, asked)
  }

  private static func suspect(
    _ address: SafeText, _ what: SafeText, _ members: [(source: SourceView, since: Moment)], _ scene: SuspectScene
  ) -> Suspect {
    let since = members.map(\.since.unix).min() ?? scene.now.unix
    let wasSeen = members.contains { $0.source.reading.value != nil }
    let names = SafeText.join(members.prefix(6).map(\.source.name), ", ")
    var evidence = [Suspect.Evidence("\(names): no new numbers for \(Units.age(scene.now.unix - since))")]
    if !wasSeen { evidence.append(Suspect.Evidence("it did not answer since this console looks")) }
    let needsPerson = members.contains { $0.source.reading.failure?.failure.needsPerson ?? false }
    let advice: SafeText =
      needsPerson
      ? "the server answers, but not to us: look at credentials and grants" : "is the server up, and can it be reached from here?"
    // What never worked is an error of the configuration sooner than an incident.
    return Suspect(
      "silent-server", members[0].source.id, .critical, score: wasSeen ? (needsPerson ? 80 : 100) : 45, what, evidence: evidence,
      advice: advice, since: since)
  }
}

extension Failure {
  /// The server that a failure is about, where it names one: sources at the same server fail together.
  var server: SafeText? {
    switch self {
    case .unreachable(let address, _), .closed(let address), .unknownHost(let address): address
    default: nil
    }
  }
}
