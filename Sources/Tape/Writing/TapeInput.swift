public import Console
public import OpsModel

/// What goes onto a tape.
public enum TapeInput: Sendable {
  case source(SourceFacts)
  case observed(Observation)
  case failed(SafeText, Failure, at: Moment)
  case tick(TapeTick)
  case event(TapeEvent)

  /// Of what a collector tells; nil for what is not kept.
  public init?(_ event: ConsoleEvent) {
    switch event {
    case .source(let view): self = .source(SourceFacts(view))
    case .observed(let observation): self = .observed(observation)
    case .failed(let source, let failure, let at, _): self = .failed(source, failure, at: at)
    default: return nil
    }
  }
}
