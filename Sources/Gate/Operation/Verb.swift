/// What an operation does.
public enum Verb: String, Sendable, CaseIterable {
  // Dead letters and orphans.
  case retry
  case retryEdited = "retry-edited"
  case discard
  case restore
  case recover
  // Workers.
  case suspend
  case resume
  case stopJob = "stop-job"
  case quiet
  case stop
  case ping
  case inspect
  case revoke
  case grow
  case shrink
  case shutdown
  // Sessions of a database.
  /// Ends a running statement; its session stays.
  case cancel
  /// Ends a session.
  case terminate
  /// Runs a statement that only reads, to measure its plan.
  case analyze = "explain-analyze"
  // Alerts.
  /// Keeps an alert from being sent to people for a time.
  case silence
  /// Ends a silence.
  case expire = "end-silence"
  // Runtimes.
  /// Asks a JVM for a dump of its threads.
  case threadDump = "thread-dump"
  /// Asks a Node process by its inspector what it is at.
  case inspectNode = "inspect-node"

  public var danger: Danger {
    switch self {
    case .ping, .inspect: .harmless
    case .retry, .retryEdited, .restore, .recover, .resume, .quiet, .grow, .cancel, .analyze, .silence, .expire, .threadDump, .inspectNode:
      .moves
    case .discard, .suspend, .stopJob, .stop, .revoke, .shrink, .shutdown, .terminate: .destroys
    }
  }

  /// Whether the things are to be written to a quarantine file before they are touched.
  public var needsQuarantine: Bool { self == .discard }

  /// Items in one batch, where it can not be adapted: each signal is watched for seconds, and the operator may stop between batches.
  public var batchLimit: Int? {
    switch self {
    case .cancel, .terminate: 5
    case .silence, .expire, .threadDump, .inspectNode: 1
    default: nil
    }
  }

  /// Whether it is meant for dead letters and orphans, so that these are to be looked at again afterwards.
  public var isForLetters: Bool {
    switch self {
    case .retry, .retryEdited, .discard, .restore, .recover: true
    default: false
    }
  }

  /// Whether it is meant for things that were chosen one by one; the others are meant for a worker or the whole source.
  public var isForItems: Bool {
    switch self {
    case .retry, .retryEdited, .discard, .restore, .recover, .cancel, .terminate, .silence, .expire, .threadDump, .inspectNode: true
    default: false
    }
  }
}

/// How much harm a mistake would do.
public enum Danger: String, Sendable, CaseIterable {
  /// Asks; leaves nothing behind.
  case harmless
  /// Moves or starts something; can be undone in part.
  case moves
  /// Ends, deletes or halts something.
  case destroys
}
