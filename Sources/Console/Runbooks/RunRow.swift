public import OpsModel

/// A run in the list of runs.
public struct RunRow: Sendable, Equatable {
  /// A ULID: names in order are runs in order.
  public let run: SafeText
  public let runbook: SafeText
  public let title: SafeText
  /// `running`, `waiting`, `paused`, `interrupted`, `succeeded`, `failed`, `cancelled`.
  public let state: SafeText
  public let severity: Severity
  public let isOver: Bool
  /// Nobody is at it, and a person has to take it up.
  public let rests: Bool
  public let by: SafeText
  /// Unix times.
  public let at: Double
  public let endedAt: Double?
  /// Seconds from its beginning to its end, whatever the clock was set to meanwhile.
  public var took: Double?
  /// When it began by this machine's steady clock; nil where that was before its last start.
  public var begun: Double?
  /// Why it ended or rests.
  public let message: SafeText

  public init(
    run: SafeText, runbook: SafeText, title: SafeText, state: SafeText, severity: Severity, isOver: Bool, rests: Bool, by: SafeText,
    at: Double, endedAt: Double?, message: SafeText
  ) {
    self.run = run
    self.runbook = runbook
    self.title = title
    self.state = state
    self.severity = severity
    self.isOver = isOver
    self.rests = rests
    self.by = by
    self.at = at
    self.endedAt = endedAt
    self.message = message
  }

  /// It is over and did not succeed: something of it may be left.
  public var mayHaveRest: Bool { ["failed", "cancelled", "closed"].contains(state.text) }

  /// Seconds that it took, or takes until now; nil for one that is over and does not tell.
  public func took(at now: Moment) -> Double? {
    if isOver { return took ?? endedAt.map { max(0, $0 - at) } }
    return begun.map { max(0, now.steady - $0) } ?? max(0, now.unix - at)
  }

  public var id: ResourceID { ResourceID(source: "", kind: .run, key: run.text) }
}
