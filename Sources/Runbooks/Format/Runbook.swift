public import OpsModel
public import StrictYAML

/// A procedure that was read and checked: `runbook/v1`.
public struct Runbook: Sendable {
  public enum Kind: String, Sendable, CaseIterable {
    /// Only looks; checked when it is read and when it runs.
    case diagnose
    case mutate
  }

  public enum Risk: String, Sendable, CaseIterable, Comparable {
    case low, medium, high

    public static func < (left: Risk, right: Risk) -> Bool {
      (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
    }
  }

  /// What a second run of the same lock does.
  public enum Conflict: String, Sendable, CaseIterable { case fail, wait, show }

  /// What a run does when nobody has looked at it for ten seconds.
  public enum Disconnect: String, Sendable, CaseIterable {
    case finishStep = "finish_step"
    case goOn = "continue"
    case cancel
  }

  public internal(set) var id = ""
  public internal(set) var title: SafeText = ""
  /// At length, in lines; empty where the author wrote none.
  public internal(set) var description: [SafeText] = []
  public internal(set) var owner: SafeText = ""
  /// The author's number.
  public internal(set) var version = 1
  public internal(set) var kind = Kind.mutate
  public internal(set) var risk = Risk.high
  /// Where it may run; nowhere if it is empty.
  public internal(set) var environments: [Environment] = []
  /// Alerts that it answers.
  public internal(set) var alerts: [AlertMatch] = []
  public internal(set) var parameters: [Parameter] = []
  public internal(set) var secrets: [SecretSource] = []
  /// Runs of the same lock exclude each other.
  public internal(set) var lock = Template(literal: "")
  /// The author names a lock, or something is changed: then it excludes other people. What only looks disturbs nobody.
  public var excludesOthers: Bool { namesLock || allSteps.contains(where: \.changes) }
  var namesLock = false
  /// The connection that keeps it for runs from every host; nil where the author names none.
  public internal(set) var lockConnection: String?
  public internal(set) var onConflict = Conflict.fail
  /// Seconds of the whole run.
  public internal(set) var timeout = 3600.0
  public internal(set) var onDisconnect = Disconnect.finishStep
  public internal(set) var preconditions: [Check] = []
  public internal(set) var steps: [Step] = []
  /// Once, after the step that failed is settled.
  public internal(set) var onFailure: [Step] = []
  /// Always, each with a time limit of its own.
  public internal(set) var finally: [Step] = []
  /// Seconds after which a plan has to be made anew.
  public internal(set) var planLife = 600.0

  init() {}

  /// All steps, those inside of others too.
  public var allSteps: [Step] {
    func deep(_ steps: [Step]) -> [Step] { steps.flatMap { [$0] + deep($0.perHost) + deep($0.perHostFinally) } }
    return deep(steps + onFailure + finally)
  }
}

/// An alert by its name, and labels that it must have.
public struct AlertMatch: Hashable, Sendable {
  public let name: String
  public let labels: [String: String]
}

/// Where a secret comes from when a run needs it. It is never stored.
public struct SecretSource: Hashable, Sendable {
  public enum From: Hashable, Sendable {
    case env(String)
    case file(String)
    case command([String])
  }

  public let name: String
  public let from: From
  /// Servers that it may be sent to.
  public let hosts: [String]
}

/// A look, and what must be so.
public struct Check: Sendable {
  public let id: String
  /// Nil where only parameters are compared.
  public let probe: Probe?
  public let that: Expression
  /// What to tell where it is not so.
  public let message: SafeText?
  public let mark: YAMLNode.Mark
}

/// A look: a step kind that only reads, and what is taken from its answer.
public struct Probe: Sendable {
  public let action: StepAction
  public let outputs: [Output]
  /// Seconds of one look.
  public let timeout: Double
  public let mark: YAMLNode.Mark
}
