/// Somebody knows of an alert, or does not want to hear of it, for a time and a reason.
public struct AlertQuiet: Hashable, Sendable, Codable {
  public enum Kind: String, Hashable, Sendable, Codable {
    /// While it lasts, and until the end at most.
    case acknowledged
    /// Until the end, also where it comes back.
    case muted
  }

  public let kind: Kind
  /// `oncall@bastion-2`
  public let by: SafeText
  public let reason: SafeText
  /// Seconds since 1970.
  public let at: Double
  public let until: Double

  public init(kind: Kind, by: SafeText, reason: SafeText, at: Double, until: Double) {
    self.kind = kind
    self.by = by
    self.reason = reason
    self.at = at
    self.until = until
  }
}
