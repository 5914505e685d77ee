/// The value without which no connector can change anything. Only the gate makes one, after the intent is on disk: its
/// memberwise initialiser does not leave this module.
public struct Permit: Sendable {
  /// The operation it was made for.
  public let operation: String
  /// Who acts, for what others on the server are told.
  public let actor: String
}
