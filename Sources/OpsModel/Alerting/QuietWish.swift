/// How long and why an alert shall be quiet, as an operator writes it: `2h the disk is being replaced`.
public struct QuietWish: Hashable, Sendable {
  /// Longer, in seconds, is a decision for a person with the configuration in hand.
  public static let longest = 7.0 * 86_400

  /// From a minute to `longest`.
  public let seconds: Double
  public let reason: SafeText

  /// - Throws: `Failure.declined` with what is missing.
  public init(_ text: String) throws(Failure) {
    let words = text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
    guard let first = words.first, first.last?.isNumber == false, let seconds = WatchAmount.parse(first, .seconds), seconds >= 60 else {
      throw .declined(.quietNeedsLength)
    }
    guard seconds <= Self.longest else { throw .declined(.quietTooLong) }
    guard words.count > 1, !words[1].allSatisfy(\.isWhitespace) else {
      throw .declined(.quietNeedsReason)
    }
    // `1h` stands there already where it is asked for: whoever writes another time behind it means that one.
    if let word = words[1].split(separator: " ").first, word.first?.isNumber == true, word.last?.isNumber == false,
      WatchAmount.parse(word, .seconds) != nil
    {
      throw .declined(.quietHasTwoLengths(SafeText(escaping: String(first)), SafeText(escaping: String(word))))
    }
    self.seconds = seconds
    reason = SafeText(escaping: String(words[1]), limit: 300)
  }
}
