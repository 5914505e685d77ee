extension Sequence where Element == Int {
  /// The sum, or the largest number where it would be more: counts come from servers, and servers say anything.
  public func saturatingSum() -> Int {
    reduce(0) { sum, value in
      let (next, isOver) = sum.addingReportingOverflow(value)
      return isOver ? (value < 0 ? .min : .max) : next
    }
  }
}
