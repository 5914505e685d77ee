/// Whose data a tape, a quarantine file or an export holds: an environment, and the label beside it where there is one.
public struct DataOwner: Hashable, Sendable {
  public let environment: Environment
  public let label: SafeText

  public init(_ environment: Environment, label: SafeText = "") {
    self.environment = environment
    self.label = label
  }

  /// As the first line of the screen names it: `PRODUCTION eu-1`.
  public var title: SafeText { label.isEmpty ? environment.word : "\(environment.word) \(label)" }

  /// In files and exports: `production` or `production eu-1`.
  public var name: SafeText {
    let word = SafeText(escaping: environment.rawValue)
    return label.isEmpty ? word : "\(word) \(label)"
  }
}
