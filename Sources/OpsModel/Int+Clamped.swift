extension Int {
  /// The whole number nearest to zero of a number from outside, within ±1,000,000,000; nil for what is no number.
  public init?(outside value: Double) {
    guard !value.isNaN else { return nil }
    self = Int(Swift.max(-1e9, Swift.min(value, 1e9)))
  }
}
