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

  public init() {}

  public init(_ alert: AlertState) {
    alerts = [alert.name]
    runbooks = alert.own?.runbooks ?? []
    subject = alert.own?.subject
    for label in alert.labels { values[label.name.text] = label.value.text }
    if alert.own == nil { values["fingerprint"] = Self.fingerprint(alert.id.key) }
    if let instance = values["instance"] { values["host"] = String(instance.prefix { $0 != ":" }) }
    take(subject)
  }

  public init(_ suspect: Suspect) {
    alerts = [suspect.rule]
    subject = suspect.subject
    take(subject)
  }

  /// Of an Alertmanager's key; a Prometheus knows its alerts by their labels alone.
  private static func fingerprint(_ key: [UInt8]) -> String? {
    let text = String(decoding: key, as: UTF8.self)
    return (8...64).contains(key.count) && text.allSatisfy { $0.isHexDigit && !$0.isUppercase } ? text : nil
  }

  /// A queue by its name; a session by its pid and its start, as its key has them.
  private mutating func take(_ subject: ResourceID?) {
    guard let subject else { return }
    let key = SafeText(bytes: subject.key, limit: 300).text
    switch subject.kind {
    case .queue: values["queue"] = key
    case .session:
      guard let session = SessionTarget(key: subject.key) else { return }
      values["pg_pid"] = String(session.pid)
      values["started"] = session.started
    default: break
    }
  }
}
