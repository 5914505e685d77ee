/// How fast an operation goes.
public enum Pace: Equatable, Sendable {
  /// Batches that hold the server for about a millisecond, and a pause after each in which others have their turn.
  case polite
  /// At most this many items in a second, in polite batches.
  case perSecond(Double)
  /// Larger batches without pauses.
  case max

  /// Length of a polite pause, as a share of the batch before it. A batch is as long either way: the pause lets others in, and a longer one
  /// makes nobody's wait shorter.
  static let rest = 0.4

  /// Seconds that one batch may hold the server.
  var aim: Double { self == .max ? 0.008 : 0.001 }
}

/// Retries a few, waits, and looks whether they fail again before the rest follows.
public struct Staging: Equatable, Sendable {
  public let first: Int
  /// Seconds.
  public let wait: Double
  /// The share of the first that may fail again, from 0 to 1.
  public let tolerance: Double

  public init(first: Int = 5, wait: Double = 30, tolerance: Double = 0.05) {
    self.first = first
    self.wait = wait
    self.tolerance = tolerance
  }
}
