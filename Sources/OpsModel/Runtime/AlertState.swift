/// An alert of a system that watches, as it says it.
public struct AlertState: Sendable, Hashable {
  public enum State: String, Hashable, Sendable {
    case firing, pending
    /// Firing, and silenced or inhibited.
    case suppressed
  }

  public let id: ResourceID
  public let name: SafeText
  public var severity: Severity
  public var state: State
  /// Seconds since 1970.
  public var since: Double?
  public var summary: SafeText?
  public var value: Double?
  public var labels: [Label]
  /// Ids of silences and of alerts that keep it quiet.
  public var silencedBy: [SafeText] = []
  public var inhibitedBy: [SafeText] = []

  public struct Label: Hashable, Sendable {
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
public struct SilenceState: Sendable, Hashable {
  public enum State: String, Hashable, Sendable { case active, pending, expired }

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
public struct AlertRule: Sendable, Hashable {
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
