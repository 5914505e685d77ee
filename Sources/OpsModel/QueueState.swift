/// One queue as one poll saw it. A nil number was not learned; it is not zero.
public struct QueueState: Hashable, Sendable, Codable {
  public let id: ResourceID
  public let name: SafeText
  /// Tasks that a worker could take now.
  public var ready: Int?
  /// Tasks a worker holds. Celery tells this for all queues of a database only, see `Observation.inFlight`.
  public var running: Int?
  /// Tasks with a later due time.
  public var scheduled: Int?
  /// Tasks that wait for another task.
  public var deferred: Int?
  /// Dead letters.
  public var dead: Int?
  public var oldest: OldestAge
  /// Workers that serve this queue.
  public var workers: Int?
  public var paused: Bool?

  public init(
    id: ResourceID, name: SafeText, ready: Int? = nil, running: Int? = nil, scheduled: Int? = nil, deferred: Int? = nil,
    dead: Int? = nil, oldest: OldestAge = .unknown, workers: Int? = nil, paused: Bool? = nil
  ) {
    self.id = id
    self.name = name
    self.ready = ready
    self.running = running
    self.scheduled = scheduled
    self.deferred = deferred
    self.dead = dead
    self.oldest = oldest
    self.workers = workers
    self.paused = paused
  }
}

/// How long the next task of a queue has waited, in seconds, and how well that is known.
public enum OldestAge: Hashable, Sendable, Codable {
  /// Nobody can tell.
  case unknown
  /// The queue is empty.
  case none
  /// The system stores when the task was queued.
  case exact(Double)
  /// The task has waited at least this long: so long ago we first saw it at the head.
  case atLeast(Double)

  public var seconds: Double? {
    switch self {
    case .unknown, .none: nil
    case .exact(let seconds), .atLeast(let seconds): seconds
    }
  }

  /// The word scripts see: `exact`, `lower_bound`, `empty` or `unknown`.
  public var word: SafeText {
    switch self {
    case .unknown: "unknown"
    case .none: "empty"
    case .exact: "exact"
    case .atLeast: "lower_bound"
    }
  }
}
