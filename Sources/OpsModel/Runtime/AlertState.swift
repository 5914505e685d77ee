/// An alert of a system that watches, as it says it, or of a rule of this console.
public struct AlertState: Sendable, Hashable, Codable {
  public enum State: String, Hashable, Sendable, Codable {
    case firing, pending
    /// Firing, and somebody here said that they know.
    case acknowledged
    /// Firing, and silenced, inhibited or muted.
    case suppressed
  }

  public let id: ResourceID
  public let name: SafeText
  public var severity: Severity
  public var state: State
  /// Seconds since 1970.
  public var since: Double?
  /// Before the sentence, since it differs first where two looks are compared.
  public var value: Double?
  public var said: AlertSummary?
  public var labels: [Label]
  /// Ids of silences and of alerts that keep it quiet.
  public var silencedBy: [SafeText] = []
  public var inhibitedBy: [SafeText] = []
  /// Of a rule of this console: what it is about, by which rule, and what may help.
  public var own: Own?
  /// Who keeps it quiet here.
  public var quiet: AlertQuiet?

  public struct Own: Hashable, Sendable, Codable {
    public let subject: ResourceID
    public let rule: SafeText
    /// `queue.ready > 10000 for 2m`
    public let when: SafeText
    public let runbooks: [SafeText]

    public init(subject: ResourceID, rule: SafeText, when: SafeText, runbooks: [SafeText]) {
      self.subject = subject
      self.rule = rule
      self.when = when
      self.runbooks = runbooks
    }
  }

  public struct Label: Hashable, Sendable, Codable {
    public let name: SafeText
    public let value: SafeText

    public init(_ name: SafeText, _ value: SafeText) {
      self.name = name
      self.value = value
    }
  }

  public init(id: ResourceID, name: SafeText, severity: Severity, state: State, labels: [Label]) {
    self.id = id
    self.name = name
    self.severity = severity
    self.state = state
    self.labels = labels
  }

  /// A sentence about it.
  public var summary: SafeText? {
    get { said?.text }
    set { said = newValue.map { .told($0) } }
  }

  private enum CodingKeys: String, CodingKey {
    case id, name, severity, state, since, value
    case said = "summary"
    case labels, silencedBy, inhibitedBy, own, quiet
  }

  /// The same with what was said here about it.
  public func kept(quiet: AlertQuiet?) -> AlertState {
    var out = self
    out.quiet = quiet
    guard let quiet, state == .firing else { return out }
    out.state = quiet.kind == .muted ? .suppressed : .acknowledged
    return out
  }

  public func label(_ name: SafeText) -> SafeText? { labels.first { $0.name == name }?.value }

  /// What the usual words in a `severity` label mean here; an alert without one is worth a look.
  public static func severity(_ word: SafeText?) -> Severity {
    switch word?.text.lowercased() {
    case "critical", "page", "fatal", "emergency", "disaster", "p1", "high": .critical
    case "info", "none", "informational", "low", "notice", "debug": .ok
    default: .warning
    }
  }
}

/// A rule that keeps alerts from being sent for a time.
public struct SilenceState: Sendable, Hashable, Codable {
  public enum State: String, Hashable, Sendable, Codable { case active, pending, expired }

  public let id: ResourceID
  public var state: State
  /// `alertname="LoopLag", instance=~"api-.*"`
  public var matchers: SafeText
  public var author: SafeText
  public var comment: SafeText
  /// Seconds since 1970.
  public var begins: Double?
  public var ends: Double?

  public init(id: ResourceID, state: State, matchers: SafeText, author: SafeText, comment: SafeText) {
    self.id = id
    self.state = state
    self.matchers = matchers
    self.author = author
    self.comment = comment
  }
}

/// A rule by which a server decides what is an alert.
public struct AlertRule: Sendable, Hashable, Codable {
  public let name: SafeText
  public let group: SafeText
  public var state: SafeText
  /// Why the rule itself does not work.
  public var trouble: SafeText?

  public init(name: SafeText, group: SafeText, state: SafeText) {
    self.name = name
    self.group = group
    self.state = state
  }
}
