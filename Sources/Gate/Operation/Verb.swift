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

  public var danger: Danger {
    switch self {
    case .ping, .inspect: .harmless
    case .retry, .retryEdited, .restore, .recover, .resume, .quiet, .grow: .moves
    case .discard, .suspend, .stopJob, .stop, .revoke, .shrink, .shutdown: .destroys
    }
  }

  /// Whether the things are to be written to a quarantine file before they are touched.
  public var needsQuarantine: Bool { self == .discard }

  /// Whether it is meant for things in a set; the others are meant for a worker or the whole source.
  public var isForItems: Bool {
    switch self {
    case .retry, .retryEdited, .discard, .restore, .recover: true
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
