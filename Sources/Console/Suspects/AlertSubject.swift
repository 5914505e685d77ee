public import OpsModel

/// What a thing is called in sentences about it.
public enum AlertSubject {
  /// The name as its system calls it: a session's key holds more than its pid.
  public static func name(_ subject: ResourceID) -> SafeText {
    let text = SafeText(bytes: subject.key, limit: 60)
    switch subject.kind {
    case .source: return subject.source
    case .session: return "session \(SafeText(escaping: String(text.text.split(separator: " ").first ?? "?")))"
    case .queue: return "\(text) (\(subject.source))"
    default: return text
    }
  }
}
