import Gate
import OpsModel

/// What an operator asked for: how long, and why. `2h disk is being replaced`.
struct SilenceWish {
  static let argument = Operation.silenceKey
  /// Longer is a decision for a person with the configuration in hand.
  static let longest = 7 * 86_400.0

  let seconds: Double
  let comment: SafeText

  /// - Throws: `Failure.refused` with what is missing.
  init(_ text: String) throws(Failure) {
    let parts = text.split(separator: " ", maxSplits: 1)
    guard let first = parts.first, let seconds = Self.seconds(first), seconds >= 60 else {
      throw .refused(code: "", message: "how long comes first, a minute or more: 30m, 2h, 1d; then why")
    }
    guard seconds <= Self.longest else { throw .refused(code: "", message: "a silence of more than 7 days is not made from here") }
    let comment = SafeText(escaping: parts.count > 1 ? String(parts[1]) : "", limit: 300)
    guard comment.text.contains(where: { $0 != " " }) else {
      throw .refused(code: "", message: "a silence needs a reason behind its length: 2h disk is being replaced")
    }
    self.seconds = seconds
    self.comment = comment
  }

  private static func seconds(_ text: Substring) -> Double? {
    guard let unit = text.last, let number = Double(text.dropLast()), number.isFinite, number > 0 else { return nil }
    switch unit {
    case "m": return number * 60
    case "h": return number * 3600
    case "d": return number * 86_400
    default: return nil
    }
  }
}
