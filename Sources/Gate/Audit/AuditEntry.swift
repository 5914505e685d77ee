public import OpsModel

/// What is to be written down: one step of one action.
public struct AuditEntry: Sendable {
  public enum Phase: String, Sendable {
    case intent, outcome
    /// Not let through, or given up by the operator: nothing was done.
    case refused, cancelled
    /// An event without an effect on a server: start, exit, export.
    case note
  }

  public var action: SafeText
  public var phase: Phase
  public var operation: SafeText
  public var target: SafeText
  public var params: [(SafeText, JSONText)] = []
  public var planHash: SafeText?
  public var before: JSONText = .null
  public var after: JSONText = .null
  public var counts: JSONText = .null
  public var reason: SafeText?
  public var error: SafeText?
  /// The run of a runbook that it belongs to, and its step.
  public var run: SafeText?
  public var step: SafeText?

  public init(action: SafeText, phase: Phase, operation: SafeText, target: SafeText) {
    self.action = action
    self.phase = phase
    self.operation = operation
    self.target = target
  }
}
