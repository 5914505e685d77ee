/// Failures as they were heard one by one, for systems that publish them.
public struct FailureFeed: Hashable, Sendable, Codable {
  /// Seconds since listening began.
  public let listeningFor: Double
  /// Seconds that `count` is over, where listening is as old.
  public let window: Double
  public let count: Int
  /// Unix time of the last one.
  public let lastAt: Double?
  public let task: SafeText?
  public let errorType: SafeText?
  public let message: SafeText?

  public init(
    listeningFor: Double, window: Double, count: Int, lastAt: Double?, task: SafeText?, errorType: SafeText?, message: SafeText?
  ) {
    self.listeningFor = listeningFor
    self.window = window
    self.count = count
    self.lastAt = lastAt
    self.task = task
    self.errorType = errorType
    self.message = message
  }
}
