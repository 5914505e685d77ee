extension Numeric where Self: Comparable {
  /// What a counter grew by. A counter that fell was started again: what it shows came since.
  public func grown(since before: Self) -> Self { self >= before ? self - before : self }
}
