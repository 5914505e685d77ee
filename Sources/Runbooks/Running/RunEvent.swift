public import OpsModel

/// What a viewer of a run hears.
public enum RunEvent: Sendable {
  case state(RunHistory.RunState, SafeText)
  case step(String, RunHistory.StepState, SafeText)
  /// A batch of a bulk action is done.
  case batch(String, [String: RunValue])
  /// Somebody has to answer.
  case asks(String, question: SafeText, choices: [String])
  case output(String, [UInt8])
  /// The journal can not be written: nothing more is done.
  case unwritten(SafeText)
}
