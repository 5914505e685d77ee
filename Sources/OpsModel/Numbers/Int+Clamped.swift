extension Int {
  /// The whole number nearest to zero of a number from outside, within ±1,000,000,000; nil for what is no number.
  public init?(outside value: Double) {
    guard !value.isNaN else { return nil }
    self = Int(Swift.max(-1e9, Swift.min(value, 1e9)))
  }

  /// The whole number nearest to a number that somebody else reckoned: what is too large for an `Int` to hold is ±10¹⁵, no number is 0.
  public init(clamped value: Double) {
    self = value.isNaN ? 0 : Int(Swift.max(-1e15, Swift.min(value, 1e15)).rounded())
  }
}
