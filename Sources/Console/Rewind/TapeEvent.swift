public import OpsModel

/// Something that happened at a moment: a pin on the tape.
public struct TapeEvent: Sendable, Equatable {
  public enum Kind: String, Sendable, CaseIterable {
    case alertFired = "alert-fired"
    case alertResolved = "alert-resolved"
    case alertQuiet = "alert-quiet"
    case suspect
    case operation, note
    /// A console began or ended to record.
    case begun, ended
    case sourceLost = "source-lost"
    case sourceBack = "source-back"
  }

  /// Seconds since 1970.
  public let at: Double
  public let kind: Kind
  /// Empty where it is of no source.
  public let source: SafeText
  public let severity: Severity
  public let title: SafeText
  /// Who, why, what came of it.
  public let detail: SafeText

  public init(at: Double, _ kind: Kind, source: SafeText = "", severity: Severity = .ok, _ title: SafeText, detail: SafeText = "") {
    self.at = at
    self.kind = kind
    self.source = source
    self.severity = severity
    self.title = title
    self.detail = detail
  }
}

extension TapeEvent {
  /// Of what happened to an alert.
  public init(_ change: AlertChange) {
    let kind: Kind =
      switch change.kind {
      case .fired: .alertFired
      case .resolved: .alertResolved
      case .acknowledged, .muted, .loud: .alertQuiet
      }
    let word = SafeText(escaping: change.kind.rawValue)
    let quiet: SafeText = change.alert.quiet.map { ", by \($0.by): \($0.reason)" } ?? ""
    self.init(
      at: change.at.unix, kind, source: change.alert.id.source, severity: change.alert.severity, "\(change.alert.name) \(word)",
      detail: (change.alert.summary ?? "") + quiet)
  }
}

extension TapeEvent {
  /// Of a cause that came to be suspected.
  init(_ suspect: Suspect, at: Double) {
    let seen = SafeText.join(suspect.evidence.map(\.text), "; ")
    self.init(at: at, .suspect, source: suspect.subject.source, severity: suspect.severity, suspect.title, detail: seen.prefix(400))
  }
}
