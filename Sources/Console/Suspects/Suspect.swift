public import OpsModel

/// A probable cause of what is wrong, with what speaks for it.
public struct Suspect: Sendable, Equatable, Codable {
  /// Something that was seen, and how old that is where it is a reading of a source.
  public struct Evidence: Sendable, Equatable, Codable {
    public let text: SafeText
    /// The source that told it.
    public let source: SafeText?

    public init(_ text: SafeText, from source: SafeText? = nil) {
      self.text = text
      self.source = source
    }
  }

  /// The rule that speaks, as scripts know it: `root-blocker`.
  public let rule: SafeText
  /// What it is about.
  public let subject: ResourceID
  public let severity: Severity
  /// How surely it is a cause and not a consequence: the greatest comes first. From 0 to 100.
  public let score: Int
  /// `session 4312 (admin-shell) idle in transaction 9m02s blocks 6 sessions`
  public let title: SafeText
  public let evidence: [Evidence]
  /// What is usually done about it.
  public let advice: SafeText?
  /// Seconds since 1970.
  public var since: Double
  /// It only moved together with what is wrong.
  public let isCorrelation: Bool
  /// The task that it names; nil where it is about none.
  public var task: SafeText?

  public init(
    _ rule: SafeText, _ subject: ResourceID, _ severity: Severity, score: Int, _ title: SafeText, evidence: [Evidence],
    advice: SafeText? = nil,
    since: Double, isCorrelation: Bool = false
  ) {
    self.rule = rule
    self.subject = subject
    self.severity = severity
    self.score = score
    self.title = title
    self.evidence = evidence
    self.advice = advice
    self.since = since
    self.isCorrelation = isCorrelation
  }

  public var id: ResourceID {
    let parts = [Array(rule.text.utf8), Array(subject.kind.rawValue.utf8), subject.key]
    return ResourceID(source: subject.source, kind: .suspect, key: Array(parts.joined(separator: [0])))
  }

  struct Key: Hashable {
    let rule: SafeText
    let subject: ResourceID
  }

  var key: Key { Key(rule: rule, subject: subject) }
}
