public import OpsModel

/// How the actuator of a kind of source is made.
public struct ActuatorKind: Sendable {
  /// Takes the settings with the url for changes, who acts (`user@host`), and the clock.
  public let make: @Sendable (SourceSettings, String, any OpsClock) throws(Failure) -> any Actuator

  public init(make: @escaping @Sendable (SourceSettings, String, any OpsClock) throws(Failure) -> any Actuator) { self.make = make }
}
