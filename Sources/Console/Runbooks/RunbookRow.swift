public import OpsModel

/// A runbook as the catalogue tells it.
public struct RunbookRow: Sendable, Equatable {
  /// What a run of it is given.
  public struct Parameter: Sendable, Equatable {
    public let name: String
    /// `queue`, `int`, `hosts` and so on.
    public let type: String
    public let isRequired: Bool
    /// What stands in its field at first.
    public let fallback: String
    public let choices: [String]
    public let question: SafeText
    public let isSensitive: Bool
    /// Where its live list comes from: `inventory:web`, `pg.blockers`.
    public let source: String?

    public init(
      name: String, type: String, isRequired: Bool, fallback: String, choices: [String], question: SafeText, isSensitive: Bool,
      source: String?
    ) {
      self.name = name
      self.type = type
      self.isRequired = isRequired
      self.fallback = fallback
      self.choices = choices
      self.question = question
      self.isSensitive = isSensitive
      self.source = source
    }
  }

  public let name: SafeText
  public let title: SafeText
  public let owner: SafeText
  /// `low`, `medium`, `high`.
  public let risk: SafeText
  public let onlyLooks: Bool
  public let alerts: [SafeText]
  /// Labels that an alert must have as well, by its place in `alerts`.
  public var labels: [Int: [String: String]] = [:]
  public let parameters: [Parameter]
  /// Sources and connections that it changes; where it changes none, those that it reads.
  public var connections: [SafeText] = []
  public let steps: Int
  public let file: SafeText
  /// Why it can not be planned here: it can not be read, or is not meant for this environment.
  public let problem: SafeText?
  /// How its newest run stands, and when it was planned (unix).
  public var lastState: SafeText?
  public var lastAt: Double?

  public init(
    name: SafeText, title: SafeText, owner: SafeText, risk: SafeText, onlyLooks: Bool, alerts: [SafeText], parameters: [Parameter],
    steps: Int, file: SafeText, problem: SafeText?
  ) {
    self.name = name
    self.title = title
    self.owner = owner
    self.risk = risk
    self.onlyLooks = onlyLooks
    self.alerts = alerts
    self.parameters = parameters
    self.steps = steps
    self.file = file
    self.problem = problem
  }

  /// Which of its alerts is meant by what is wrong; nil where none is. The one that says most comes first.
  func place(answering hint: RunbookHint) -> Int? {
    let found = alerts.indices.filter { place in
      hint.alerts.contains(alerts[place]) && (labels[place] ?? [:]).allSatisfy { hint.values[$0.key] == $0.value }
    }
    return found.max { (labels[$0]?.count ?? 0) < (labels[$1]?.count ?? 0) }
  }

  public var id: ResourceID { ResourceID(source: "", kind: .runbook, key: name.text) }
}
