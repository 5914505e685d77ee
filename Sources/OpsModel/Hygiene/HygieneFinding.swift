/// Something about how tasks are sent or worked on that will hurt one day: what was seen, and why it hurts.
public struct HygieneFinding: Hashable, Sendable {
  /// `no-time-limit`, `whole-object`, `evicting-broker`, …
  public let rule: SafeText
  public let source: SafeText
  /// The queue, task or server that it is about.
  public let subject: SafeText
  public let severity: Severity
  public let seen: SafeText
  public let why: SafeText

  public init(_ rule: SafeText, source: SafeText, subject: SafeText, severity: Severity = .warning, seen: SafeText, why: SafeText) {
    self.rule = rule
    self.source = source
    self.subject = subject
    self.severity = severity
    self.seen = seen
    self.why = why
  }

  /// `mail.send of celery: no time limit; …`
  public var sentence: SafeText { "\(subject): \(seen)" }
}

/// What one look at the habits of a source found.
public struct HygieneReport: Sendable {
  public let at: Moment
  public let findings: [HygieneFinding]
  /// What was looked at, since it is never everything: `37 waiting tasks of 4 queues, 12 results`.
  public let looked: SafeText

  public init(at: Moment, findings: [HygieneFinding], looked: SafeText) {
    self.at = at
    self.findings = findings
    self.looked = looked
  }
}

/// A connector that can look at how its tasks are sent: some of what waits, some results, settings of the server. Bounded reads.
public protocol HygieneReader: Connector {
  func hygiene() async throws(Failure) -> HygieneReport
}
