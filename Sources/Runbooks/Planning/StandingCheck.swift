public import OpsModel

/// A check that ended a run, and that the rest of the run meets again as it was: it compares what is known, or looks at what the run has
/// done, and that is not done again.
public struct StandingCheck: Hashable, Sendable {
  /// The step that failed.
  public let path: String
  /// Steps that are not done again and that it is about, in their order.
  public let about: [String]
  /// Nothing that it compares is looked at anew: it can never hold in the rest of this run.
  public let isCertain: Bool

  /// - Parameter done: paths that the rest does not do again.
  /// - Returns: nil where no check failed, or where it looks at something that may have become better.
  init?(_ runbook: Runbook, history: RunHistory, done: Set<String>, prefix: String = "") {
    let steps = Dictionary(runbook.steps.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let failed = runbook.steps.first { step in
      let state = history.step(prefix + step.id).state
      return !step.changes && !step.continuesOnError && state.isSettled && !state.isWell
    }
    guard let failed else { return nil }
    var about: Set<String> = []
    var isAnew = failed.looksAnew
    var seen: Set<String> = [failed.id]
    var open = failed.named
    while let name = open.popFirst() {
      guard seen.insert(name).inserted else { continue }
      if done.contains(prefix + name) {
        about.insert(name)
      } else if let step = steps[name], !step.changes {
        isAnew = isAnew || step.looksAnew
        open.formUnion(step.named)
      } else {
        // A precondition, or a change that comes again.
        isAnew = true
      }
    }
    if about.isEmpty, isAnew { return nil }
    path = prefix + failed.id
    self.about = runbook.steps.map(\.id).filter(about.contains).map { prefix + $0 }
    isCertain = !isAnew
  }

  /// Why a new run of the rest does not help.
  public var words: SafeText {
    let shown = SafeText(escaping: path, limit: 100)
    let what = SafeText.join(about.prefix(4).map { SafeText(escaping: $0, limit: 100) }, ", ")
    if isCertain {
      let which: SafeText = about.isEmpty ? "only parameters" : "only what is known of \(what)"
      return "\(shown) failed and compares \(which), so it fails again in a run of the rest"
    }
    return
      "\(shown) failed and is about what \(what) did: a run of the rest looks at the same again, and fails again unless that has changed"
  }
}
