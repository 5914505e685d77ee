/// How much something matters. Drawn as a sign, a word and a colour, never as a colour alone.
public enum Severity: Int, Comparable, Hashable, Sendable, CaseIterable, Codable {
  case ok, unknown, warning, stale, critical

  public static func < (left: Severity, right: Severity) -> Bool { left.rawValue < right.rawValue }

  public var word: SafeText {
    switch self {
    case .ok: "ok"
    case .unknown: "…"
    case .stale: "STALE"
    case .warning: "WARNING"
    case .critical: "CRITICAL"
    }
  }
}
