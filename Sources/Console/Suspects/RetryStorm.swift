import OpsModel

/// The same work that fails again and again at once: it takes workers from what could be done.
enum RetryStorm {
  static func find(_ scene: SuspectScene) -> [Suspect] {
    scene.fresh.filter { $0.observed.facets.contains(.workers) }.compactMap { source, observed in
      let history = scene.view.history
      guard let failed = history.rate(.failed, of: source.id, from: SuspectScene.recent, until: 0), failed >= 1,
        let done = history.rate(.done, of: source.id, from: SuspectScene.recent, until: 0), done > 0, failed >= 0.4 * done
      else { return nil }
      // While somebody clears dead letters away it can not be told how many came.
      guard !history.fell(.dead, of: source.id, within: SuspectScene.recent + 2) else { return nil }
      // What fails for good is a failing task; what is put off has a back-off. Where the source tells neither, nobody knows.
      guard let dead = history.rate(.dead, of: source.id, from: SuspectScene.recent, until: 0),
        let later = history.rate(.scheduled, of: source.id, from: SuspectScene.recent, until: 0), dead <= 0.5 * failed,
        later <= 0.3 * failed
      else { return nil }
      let kind = scene.failures.kinds(of: source.name, since: scene.now.unix - 60).first
      let running = observed.workers.compactMap { $0.currentTask.map { WorkBook.name($0) } }.first
      let what = kind.map(\.fingerprint.task) ?? running
      let name: SafeText = what.map { ", such as \($0.prefix(40))" } ?? ""
      var evidence = [
        Suspect.Evidence(
          "\(Units.rate(failed)) fail of \(Units.rate(done)) that are worked on; \(Units.rate(dead)) become dead letters", from: source.name
        ),
        Suspect.Evidence("nothing is put off for later: no back-off is to be seen", from: source.name),
      ]
      if let kind {
        evidence.append(
          Suspect.Evidence("\(kind.fingerprint.errorType.prefix(30)): \(kind.fingerprint.message.prefix(80))", from: source.name))
      }
      return Suspect(
        "retry-storm", source.id, .critical, score: 74, "retries without pause in \(source.name)\(name)", evidence: evidence,
        advice: "give the task a back-off with jitter and a limit; stop its producer meanwhile", since: scene.now.unix - SuspectScene.recent
      )
    }
  }
}
