/// How long and why an alert shall be quiet, as an operator writes it: `2h the disk is being replaced`.
public struct QuietWish: Hashable, Sendable {
  /// Longer, in seconds, is a decision for a person with the configuration in hand.
  public static let longest = 7.0 * 86_400

  /// From a minute to `longest`.
  public let seconds: Double
  public let reason: SafeText

  /// - Throws: `Failure.refused` with what is missing.
  public init(_ text: String) throws(Failure) {
    let words = text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
    guard let first = words.first, first.last?.isNumber == false, let seconds = WatchAmount.parse(first, .seconds), seconds >= 60 else {
      throw Self.refused("how long comes first, a minute or more: 30m, 2h, 1d; then why")
    }
    guard seconds <= Self.longest else { throw Self.refused("more than 7 days of silence are not made from here") }
    guard words.count > 1, !words[1].allSatisfy(\.isWhitespace) else {
      throw Self.refused("silence needs a reason behind its length: 2h the disk is being replaced")
    }
    // `1h` stands there already where it is asked for: whoever writes another time behind it means that one.
    if let word = words[1].split(separator: " ").first, word.first?.isNumber == true, word.last?.isNumber == false,
      WatchAmount.parse(word, .seconds) != nil
    {
      throw Self.refused("two times stand there, \(SafeText(escaping: String(first))) and \(SafeText(escaping: String(word))): keep one")
    }
    self.seconds = seconds
    reason = SafeText(escaping: String(words[1]), limit: 300)
  }

  private static func refused(_ message: SafeText) -> Failure { .refused(code: "", message: message) }
}
