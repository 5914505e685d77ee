public import OpsModel

/// One attempt of a step that changes something, as it is written down.
public struct StepAct: Sendable {
  public let id: String
  public let origin: StepOrigin
  /// `sql`, `http`, `cmd` and so on.
  public let kind: SafeText
  /// The source, or the host, that it is for; empty for this machine.
  public let place: SafeText
  /// The command as a person reads it, secrets taken out.
  public let words: SafeText

  public init(id: String = Operation.newID(), origin: StepOrigin, kind: SafeText, place: SafeText, words: SafeText) {
    self.id = id
    self.origin = origin
    self.kind = kind
    self.place = place
    self.words = words
  }
}
