/// A runbook at work within a run: the run's own, or one that a step calls. Steps see the values of their own runbook and of no other.
struct RunFrame {
  let runbook: Runbook
  var scope: RunScope
}

/// Where a step is done: once, or on one host of a step with many.
struct Place: Sendable {
  /// The path of the step that called the runbook; empty for the run's own.
  let frame: String
  let host: String?
  /// Of the host within its step.
  let key: String
  /// What is always done is done here: it goes on whatever an operator wants, and the time of the run is over for it.
  var isFinishing = false

  static let whole = Place(frame: "", host: nil, key: "")

  var finishing: Place {
    var out = self
    out.isFinishing = true
    return out
  }
}
