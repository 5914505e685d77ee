import OpsModel

/// One kind of failure that began, or became much more frequent, at a moment.
enum FailingTask {
  /// Seconds that count as now, and failures in them without which nothing is said.
  static let recent = 60.0
  static let fewest = 5

  static func find(_ scene: SuspectScene) -> [Suspect] {
    scene.view.sources.compactMap { source in
      let since = scene.now.unix - recent
      guard source.isFresh(at: scene.now) else { return nil }
      return scene.failures.kinds(of: source.name, since: since).first.flatMap { suspect($0, source, scene) } ?? heard(source, scene)
    }
  }

  private static func suspect(_ kind: FailureBook.Kind, _ source: SourceView, _ scene: SuspectScene) -> Suspect? {
    let now = scene.now.unix
    let recent = kind.count(since: now - Self.recent)
    let before = kind.count(since: now - FailureBook.span) - recent
    guard recent >= fewest, Double(recent) >= 4 * Double(before) / 9 else { return nil }
    // Where it was seen before, it began with the last pause.
    let began = start(of: kind.times, now)
    let old: SafeText = before == 0 ? "none in the ten minutes before" : "\(Units.count(before)) in the nine minutes before"
    let print = kind.fingerprint
    var found = Suspect(
      "failing-task",
      ResourceID(source: source.name, kind: .deadGroup, key: "\(print.task.text)\u{0}\(print.errorType.text)\u{0}\(print.message.text)"),
      recent >= 20 ? .critical : .warning, score: isElsewhere(print) ? 64 : 62,
      "\(print.task.prefix(40)) fails: \(print.errorType.prefix(30)): \(print.message.prefix(80))",
      evidence: [
        Suspect.Evidence("\(Units.count(recent)) in the last minute, \(old)", from: source.name),
        Suspect.Evidence(
          "queue \(SafeText.join(kind.queues.sorted().prefix(3).map { $0 }, ", ")) of \(source.name), first \(Calendar.clock(began))",
          from: source.name),
      ],
      advice: isElsewhere(print)
        ? "the service that it calls does not answer as it should; retry when it does (3 Dead letters)" : "see what changed at that moment",
      since: began)
    found.task = print.task
    return found
  }

  /// What only listening tells: how many failed, and the last of them.
  private static func heard(_ source: SourceView, _ scene: SuspectScene) -> Suspect? {
    guard let feed = source.reading.value?.feed, let last = feed.lastAt, scene.now.unix - last < 30, feed.window > 0 else { return nil }
    let perMinute = Double(feed.count) / max(30, min(feed.window, feed.listeningFor)) * 60
    guard feed.count >= fewest, perMinute >= Double(fewest) else { return nil }
    let what: SafeText = "\((feed.errorType ?? "?").prefix(30)): \((feed.message ?? "").prefix(80))"
    var found = Suspect(
      "failing-task", source.id, .warning, score: 61, "\((feed.task ?? "tasks").prefix(40)) fails: \(what)",
      evidence: [
        Suspect.Evidence("\(Units.count(feed.count)) failures in \(Units.age(min(feed.window, feed.listeningFor)))", from: source.name)
      ],
      advice: "see what changed at that moment", since: last)
    found.task = feed.task
    return found
  }

  private static func start(of times: [Double], _ now: Double) -> Double {
    var began = times.last ?? now
    for time in times.reversed() {
      if began - time > recent { break }
      began = time
    }
    return began
  }

  /// Errors that tell of something outside of the task.
  static func isElsewhere(_ print: Fingerprint) -> Bool {
    let text = (print.errorType.text + " " + print.message.text).lowercased()
    return ["timeout", "timed out", "connection", "refused", "unavailable", "unreachable", "503", "502", "did not answer"].contains {
      text.contains($0)
    }
  }
}
