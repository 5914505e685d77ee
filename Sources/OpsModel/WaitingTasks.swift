/// A bounded look at both ends of a queue.
public struct WaitingTasks: Sendable {
  public let queue: ResourceID
  public let at: Moment
  /// How many wait in all.
  public var total: Int
  /// What runs next, in order.
  public var next: [WaitingTask]
  /// What came last, newest first; without those that already stand under `next`.
  public var newest: [WaitingTask]
  public var notices: [Notice] = []

  public init(queue: ResourceID, at: Moment, total: Int, next: [WaitingTask], newest: [WaitingTask]) {
    self.queue = queue
    self.at = at
    self.total = total
    self.next = next
    self.newest = newest
  }
}

/// One task that waits.
public struct WaitingTask: Hashable, Sendable {
  public let id: ResourceID
  /// The id as the queue system prints it.
  public let name: SafeText
  public var task: SafeText?
  /// Arguments as far as they can be read without running anything.
  public var arguments: SafeText?
  /// Seconds in the queue.
  public var age: Double?
  /// Bytes of the stored message or payload.
  public var size: Int?
  public var priority: Int?
  public var note: SafeText?

  public init(id: ResourceID, name: SafeText) {
    self.id = id
    self.name = name
  }
}
