public import OpsModel

/// The port of steps that ask a server by its own protocol. What changes something takes the permit of the gate.
public protocol StepServer: Sendable {
  /// Reads only.
  func look(_ call: StepCall, _ terms: StepTerms) async -> AttemptEnd
  func perform(_ call: StepCall, _ terms: StepTerms, _ permit: Permit) async -> AttemptEnd
  /// Whether an operation's id is written down at the server as done; nil where nobody can tell.
  func knows(_ operation: String) async -> Bool?
  func close() async
}

extension StepServer {
  public func knows(_ operation: String) async -> Bool? { nil }
}

/// How the server of a kind of source is reached for steps.
public struct StepServerKind: Sendable {
  /// Takes the settings, who acts (`user@host`), and the clock.
  public let make: @Sendable (SourceSettings, String, any OpsClock) throws(Failure) -> any StepServer

  /// Makes a lock of runs at such a server: takes settings, what is locked, who holds it, the clock and the permit. Nil where there is none.
  public let lease: (@Sendable (SourceSettings, String, String, any OpsClock, Permit) throws(Failure) -> any RunLease)?

  public init(
    lease: (@Sendable (SourceSettings, String, String, any OpsClock, Permit) throws(Failure) -> any RunLease)? = nil,
    make: @escaping @Sendable (SourceSettings, String, any OpsClock) throws(Failure) -> any StepServer
  ) {
    self.lease = lease
    self.make = make
  }
}
