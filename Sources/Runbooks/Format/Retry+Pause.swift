extension Retry {
  /// Seconds before an attempt, 2 for the first one that is a repetition.
  /// - Parameter random: from 0 to 1; with full jitter the pause is such a part of what was reckoned, so that many do not come at once.
  public func pause(before attempt: Int, random: Double) -> Double {
    guard attempt > 1 else { return 0 }
    var out = min(delay, longest)
    for _ in 2..<max(2, attempt) { out = min(out * factor, longest) }
    return hasJitter ? out * max(0, min(random, 1)) : out
  }
}
