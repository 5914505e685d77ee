public import OpsModel

/// A run as it is watched: its steps, what the newest of them printed, what it waits for.
public struct RunPage: Sendable, Equatable {
  public struct Step: Sendable, Equatable {
    /// In which order they began, from 1.
    public let number: Int
    public let path: SafeText
    public let kind: SafeText
    /// `pending`, `waiting`, `running`, `ok`, `no_change`, `skipped`, `failed`, `timed_out`, `cancelled`, `unknown`.
    public let state: SafeText
    public let severity: Severity
    public let attempts: Int
    public let batches: Int
    /// Unix times.
    public let startedAt: Double?
    public let endedAt: Double?
    /// Seconds from its beginning to its end, whatever the clock was set to meanwhile.
    public var took: Double?
    /// When it began by this machine's steady clock; nil where that was before its last start.
    public var begun: Double?
    public let message: SafeText
    /// A person has to decide about it before the run goes on.
    public let isDoubtful: Bool

    public init(
      number: Int, path: SafeText, kind: SafeText, state: SafeText, severity: Severity, attempts: Int, batches: Int, startedAt: Double?,
      endedAt: Double?,
      message: SafeText, isDoubtful: Bool
    ) {
      self.number = number
      self.path = path
      self.kind = kind
      self.state = state
      self.severity = severity
      self.attempts = attempts
      self.batches = batches
      self.startedAt = startedAt
      self.endedAt = endedAt
      self.message = message
      self.isDoubtful = isDoubtful
    }

    public var id: ResourceID { ResourceID(source: "", kind: .step, key: path.text) }

    /// Seconds that it took, or takes until now.
    public func took(at now: Moment) -> Double? {
      if let took { return took }
      guard let startedAt else { return nil }
      if let endedAt { return max(0, endedAt - startedAt) }
      guard state == "running" || state == "waiting" else { return nil }
      return begun.map { max(0, now.steady - $0) } ?? max(0, now.unix - startedAt)
    }
  }

  public struct Line: Sendable, Equatable {
    public let step: SafeText
    public let text: SafeText

    public init(step: SafeText, text: SafeText) {
      self.step = step
      self.text = text
    }
  }

  /// A step that asks a person of this console.
  public struct Question: Sendable, Equatable {
    public let step: SafeText
    public let text: SafeText
    public let choices: [SafeText]

    public init(step: SafeText, text: SafeText, choices: [SafeText]) {
      self.step = step
      self.text = text
      self.choices = choices
    }
  }

  public var row: RunRow
  public var steps: [Step]
  /// The newest lines; older ones are in the file.
  public var output: [Line]
  public var question: Question?
  /// What is typed to take it up.
  public let typed: SafeText
  /// A runner is at it.
  public var isAlive: Bool
  /// An operator wanted it to end, and something in doubt kept it from that.
  public var isUnwanted = false
  /// Why the journal can not be trusted.
  public var problem: SafeText?
  public var at: Moment

  public init(
    row: RunRow, steps: [Step], output: [Line], question: Question?, typed: SafeText, isAlive: Bool, problem: SafeText?, at moment: Moment
  ) {
    self.row = row
    self.steps = steps
    self.output = output
    self.question = question
    self.typed = typed
    self.isAlive = isAlive
    self.problem = problem
    at = moment
  }
}
