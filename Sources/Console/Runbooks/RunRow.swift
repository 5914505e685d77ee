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

  public var id: ResourceID { ResourceID(source: "", kind: .run, key: run.text) }
}
