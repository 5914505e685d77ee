public import OpsModel

/// How the actuator of a kind of source is made, and what it can do.
public struct ActuatorKind: Sendable {
  public let verbs: Set<Verb>
  /// Its actuators are `OrphanAsker`s: the workers must be asked what is an orphan.
  public let asksForOrphans: Bool
  /// Takes the settings with the url for changes, who acts (`user@host`), and the clock.
  public let make: @Sendable (SourceSettings, String, any OpsClock) throws(Failure) -> any Actuator

  public init(
    _ verbs: Set<Verb>, asksForOrphans: Bool = false,
    make: @escaping @Sendable (SourceSettings, String, any OpsClock) throws(Failure) -> any Actuator
  ) {
    self.verbs = verbs
    self.asksForOrphans = asksForOrphans
    self.make = make
  }
}
