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

  /// The longest, in seconds.
  public static let longest = 7.0 * 86_400

  /// `2h the disk is being replaced`: how long, and why.
  /// - Returns: seconds and reason; nil where one of both is missing, or the time is longer than a week.
  public static func wish(_ text: String) -> (seconds: Double, reason: SafeText)? {
    let words = text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
    guard words.count == 2, let seconds = WatchAmount.parse(words[0], .seconds), (60...longest).contains(seconds) else { return nil }
    let reason = SafeText(escaping: String(words[1]), limit: 200)
    return reason.text.allSatisfy(\.isWhitespace) ? nil : (seconds, reason)
  }
}
