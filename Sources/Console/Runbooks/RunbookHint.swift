public import OpsModel

/// From where a runbook is asked for: what it answers, and what is known that it may be given.
public struct RunbookHint: Equatable, Sendable {
  /// Names of alerts or of suspects' rules.
  public var alerts: [SafeText] = []
  /// Runbooks that a rule of the configuration names.
  public var runbooks: [SafeText] = []
  /// The thing that it is about.
  public var subject: ResourceID?
  /// Values by the name or the type of a parameter.
  public var values: [String: String] = [:]
  /// What it is about, for people: `mail.bounce of mail`. Empty where nothing is.
  public var about: SafeText = ""
  /// The source that it is about; nil where another system does not say.
  public var source: SafeText?
  /// The finding itself: it may be over before a plan is made.
  public var origin: ResourceID?

  public init() {}

  public init(_ alert: AlertState) {
    alerts = [alert.name]
    runbooks = alert.own?.runbooks ?? []
    subject = alert.own?.subject
    for label in alert.labels { values[label.name.text] = label.value.text }
    if alert.own == nil { values["fingerprint"] = Self.fingerprint(alert.id.key) }
    if let instance = values["instance"] { values["host"] = String(instance.prefix { $0 != ":" }) }
    take(subject)
    origin = alert.id
    about = subject.map { "\(alert.name), \(Self.words($0, task: nil))" } ?? Self.words(alert)
  }

  public init(_ suspect: Suspect) {
    alerts = [suspect.rule]
    subject = suspect.subject
    if let task = suspect.task { values["task"] = task.text }
    take(subject)
    origin = suspect.id
    about = Self.words(suspect.subject, task: suspect.task)
  }

  /// `mail.bounce of mail`
  private static func words(_ subject: ResourceID, task: SafeText?) -> SafeText {
    if let task { return "\(task.prefix(60)) of \(subject.source)" }
    switch subject.kind {
    case .source: return subject.source
    case .queue: return "\(SafeText(bytes: subject.key, limit: 60)) of \(subject.source)"
    case .deadGroup: return "\(SafeText(bytes: parts(subject)[0], limit: 60)) of \(subject.source)"
    default: return "\(AlertSubject.name(subject)) of \(subject.source)"
    }
  }

  /// An alert of another system, by the labels that tell it from others of its name.
  private static func words(_ alert: AlertState) -> SafeText {
    let usual = ["job", "service", "queue", "instance", "namespace", "pod"]
    let named = usual.compactMap { name in alert.labels.first { $0.name.text == name } }
    let chosen = (named.isEmpty ? alert.labels.filter { !["alertname", "severity"].contains($0.name.text) } : named).prefix(3)
    let told = chosen.map { "\($0.name) \($0.value.prefix(40))" as SafeText }
    return told.isEmpty ? alert.name : "\(alert.name), \(SafeText.join(told, ", "))"
  }

  /// Task, type of error and message of a kind of failure.
  private static func parts(_ subject: ResourceID) -> [ArraySlice<UInt8>] {
    let found = subject.key.split(separator: 0, maxSplits: 2, omittingEmptySubsequences: false)
    return found + [ArraySlice<UInt8>](repeating: [], count: max(0, 3 - found.count))
  }

  /// Of an Alertmanager's key; a Prometheus knows its alerts by their labels alone.
  private static func fingerprint(_ key: [UInt8]) -> String? {
    let text = String(decoding: key, as: UTF8.self)
    return (8...64).contains(key.count) && text.allSatisfy { $0.isHexDigit && !$0.isUppercase } ? text : nil
  }

  /// A queue by its name; a session by its pid and its start, as its key has them.
  private mutating func take(_ subject: ResourceID?) {
    guard let subject else { return }
    if !subject.source.isEmpty {
      source = subject.source
      values["source"] = subject.source.text
    }
    let key = SafeText(bytes: subject.key, limit: 300).text
    switch subject.kind {
    case .queue: values["queue"] = key
    case .session:
      guard let session = SessionTarget(key: subject.key) else { return }
      values["pg_pid"] = String(session.pid)
      values["started"] = session.started
    case .deadGroup:
      let parts = Self.parts(subject)
      values["task"] = SafeText(bytes: parts[0], limit: 300).text
      values["error"] = SafeText(bytes: parts[1], limit: 120).text
    default: break
    }
  }
}
