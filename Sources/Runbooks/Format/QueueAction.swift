import OpsModel

/// What a step does with the tasks of a queue, through the gate.
public struct QueueAction: Sendable {
  public enum Name: String, Sendable, CaseIterable {
    // Changes, each a verb of the gate.
    case retry, discard, recover, suspend, resume, quiet, stop, grow, shrink, shutdown, revoke, cancel, terminate, silence
    case stopJob = "stop_job"
    case endSilence = "end_silence"
    // Looks.
    /// What became of tasks that were retried.
    case status
    /// Depth, workers, what is done in a minute.
    case stats
    /// How many dead letters there are of a selection.
    case count

    public var isRead: Bool { self == .status || self == .stats || self == .count }
    /// Whether it is meant for dead letters that are selected.
    /// Whether it is meant for things that are named: sessions, alerts, tasks that were retried.
    public var isForNamed: Bool { [.cancel, .terminate, .silence, .endSilence, .status, .stopJob].contains(self) }
    /// Whether a second time does no harm: items are compared before they are moved, and a queue that is suspended stays so.
    public var isRepeatable: Bool {
      [.retry, .discard, .recover, .cancel, .terminate, .silence, .endSilence, .suspend, .resume, .quiet].contains(self)
    }
    public var isForLetters: Bool { self == .retry || self == .discard || self == .recover || self == .count }
  }

  public struct Selection: Sendable {
    public var ids: Template?
    public var errorContains: Template?
    public var task: Template?
    /// Older than so many seconds.
    public var olderThan: Template?
    public var most: Template?
    /// The oldest first, or the newest.
    public var isOldestFirst = true
  }

  public struct Pacing: Sendable {
    public var size: Int?
    public var perSecond: Template?
    /// Seconds between batches.
    public var pause = 0.0
  }

  /// What ends a bulk action by itself.
  public struct Halt: Hashable, Sendable {
    /// Hundredths of what was retried in the window that failed again.
    public var refailed: Double?
    public var readyDepth: Int?
    public var window = 60.0
  }

  public let name: Name
  public let connection: StepAction.Connection
  /// The queue, where the source has several.
  public let source: Template?
  public let selection: Selection
  public let pacing: Pacing
  public let halt: Halt?
  /// A worker, a signal, a number, a session: by name.
  public let arguments: [String: Template]
}
