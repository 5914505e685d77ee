public import OpsModel

/// The step of a run: what it does is written down under both names.
public struct StepOrigin: Hashable, Sendable {
  public let run: SafeText
  public let step: SafeText

  public init(run: SafeText, step: SafeText) {
    self.run = run
    self.step = step
  }
}
