public import OpsModel

/// Who works where, for the first line of the screen.
public struct Identity: Sendable {
  public let environment: Environment
  public let user: SafeText
  public let host: SafeText
  /// Named in the bar where given, such as `eu-1`.
  public let label: SafeText
  /// Why nothing can be changed; nil where it can.
  public let readOnly: SafeText?

  /// Whose data the screen shows.
  public var owner: DataOwner { DataOwner(environment, label: label) }

  public init(environment: Environment, user: SafeText, host: SafeText, label: SafeText = "", readOnly: SafeText? = nil) {
    self.readOnly = readOnly
    self.environment = environment
    self.user = user
    self.host = host
    self.label = label
  }
}
