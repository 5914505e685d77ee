/// One worker process (or Celery node) as one poll saw it.
public struct WorkerState: Hashable, Sendable, Codable {
  public enum Activity: String, Hashable, Sendable, Codable {
    case starting, idle, busy, suspended
    /// Registered, but its own record is gone or its heartbeat stopped.
    case lost
    /// Known by name only: nothing was heard of it yet.
    case unknown
  }

  public let id: ResourceID
  public let name: SafeText
  public var activity: Activity
  public var host: SafeText?
  public var pid: Int?
  public var queues: [SafeText]
  /// Tasks in work now. RQ: 0 or 1; Celery: as many as the pool runs.
  public var active: Int?
  public var currentTask: SafeText?
  /// The id of that task, as the system stores it, where one worker has one task.
  public var currentID: [UInt8]?
  /// Seconds spent on the current task.
  public var onTask: Double?
  /// Seconds since the worker last said that it lives.
  public var heartbeatAge: Double?
  /// Tasks done and failed since the worker started: counters, for rates.
  public var processed: Int?
  public var failed: Int?
  /// A remark, such as where the knowledge comes from.
  public var note: SafeText?

  public init(id: ResourceID, name: SafeText, activity: Activity, queues: [SafeText] = []) {
    self.id = id
    self.name = name
    self.activity = activity
    self.queues = queues
  }
}
