public import OpsModel

/// How a program ended, and what it left.
public struct ChildEnd: Sendable {
  public enum How: Hashable, Sendable {
    case exited(Int)
    case signalled(Int)
    /// It could not be started: nothing has happened.
    case notStarted(SafeText)
    case timedOut
    case cancelled
  }

  public var how: How
  /// The first bytes of what it printed, secrets taken out.
  public var output: [UInt8] = []
  /// The last ones, for messages.
  public var tail: [UInt8] = []
  /// Bytes that were printed, and those that nobody keeps.
  public var printed = 0
  public var dropped = 0
  /// Processes that it left behind and that were ended.
  public var leftovers: [SafeText] = []
  /// Whether the input was sent, where that waited for a sign.
  public var sentInput = true
}
