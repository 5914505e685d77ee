public import Gate
public import OpsModel
public import StrictYAML

/// One unit of a runbook.
public struct Step: Sendable {
  public let id: String
  public let mark: YAMLNode.Mark
  /// Where it is false the step is skipped.
  public internal(set) var condition: Expression?
  /// Nil for a step that only has others for each host.
  public internal(set) var action: StepAction?
  /// The author says that it changes nothing.
  public internal(set) var isRead = false
  /// The author says that a second time does no harm.
  public internal(set) var isIdempotent = false
  /// Tells whether a write whose answer did not come has happened.
  public internal(set) var verify: Check?
  /// Shown with the plan and frozen with it.
  public internal(set) var preview: Probe?
  /// Seconds of one attempt, and between the signals that end it.
  public internal(set) var timeout = 60.0
  public internal(set) var killAfter = 10.0
  public internal(set) var retry: Retry?
  public internal(set) var outputs: [Output] = []
  /// A list of hosts.
  public internal(set) var hosts: Template?
  public internal(set) var strategy = Strategy()
  public internal(set) var perHost: [Step] = []
  public internal(set) var perHostFinally: [Step] = []
  /// Its failure does not fail the run.
  public internal(set) var continuesOnError = false
  /// Raises what the operator must do before the run; never lowers it.
  public internal(set) var raisesConfirmation = false

  init(id: String, mark: YAMLNode.Mark) {
    self.id = id
    self.mark = mark
  }

  /// Whether it, or one of those it holds for each host, changes something.
  public var changes: Bool { action == nil ? (perHost + perHostFinally).contains(where: \.changes) : !isRead }
}

/// When a step is tried again.
public struct Retry: Hashable, Sendable {
  public typealias Reason = AttemptEnd.Reason

  /// Attempts after the first.
  public var most = 0
  /// Seconds before the second attempt; each later one waits `factor` times as long, `longest` at most, and a random part of that.
  public var delay = 1.0
  public var factor = 2.0
  public var longest = 60.0
  /// The pause is a random part of what was reckoned (full jitter), or all of it.
  public var hasJitter = true
  public var reasons: [Reason] = [.notSent]
}

/// A number or a text that a step leaves for later ones. Data: it is never read as anything else.
public struct Output: Hashable, Sendable {
  public enum From: String, Sendable, CaseIterable { case stdout, json, rows, status }

  public let name: String
  public let from: From
  /// `0.waiters` of rows, `used_memory` of fields, `data.state` of JSON.
  public let path: [String]
  public let kind: ValueKind
}

/// How many hosts at once, and when it ends.
public struct Strategy: Sendable {
  public enum Size: Hashable, Sendable {
    case count(Int)
    /// Hundredths of all hosts.
    case percent(Double)
  }

  public var batches: [Size] = [.percent(100)]
  /// Hosts of a batch that are under way at once. One without a word of the author where the step changes something.
  public var parallel = Strategy.usual
  /// More failures than these end it.
  public var failures = 0
  /// Seconds between batches.
  public var pause = 0.0
  /// Must hold between batches.
  public var gate: [Check] = []

  /// Where it only reads, or where the author gives batches and not how many of one are under way at once.
  static let usual = 5
}
