/// What a waiting or finished task tells of how it is sent. Nil: the system does not tell.
public struct TaskSample: Sendable {
  public let queue: SafeText
  public let task: SafeText
  /// Seconds; infinite where it says that there is none.
  public var timeLimit: Double?
  /// Further tries; infinite where there is no end.
  public var retries: Double?
  /// Failing for good leaves nothing behind.
  public var vanishes = false
  /// Bytes of what it carries, and of its arguments where they can be told apart.
  public var size: Int?
  /// Seconds that its result is kept; infinite where for ever.
  public var resultKept: Double?
  /// Seconds that it took, of one that is done.
  public var took: Double?

  public init(queue: SafeText, task: SafeText) {
    self.queue = queue
    self.task = task
  }
}
