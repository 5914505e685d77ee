/// Quantiles of classic histograms, as Prometheus reckons them (`histogram_quantile`).
public enum BucketQuantile {
  /// A bucket: how many were at or below its bound.
  public struct Bucket: Hashable, Sendable {
    public let bound: Double
    public let count: Double

    public init(upTo bound: Double, _ count: Double) {
      self.bound = bound
      self.count = count
    }
  }

  /// - Parameter buckets: in any order; counts are cumulative. The one without a bound must be there.
  /// - Returns: nil where there are fewer than two buckets, none without a bound, or nothing was counted. `isClamped` where the quantile
  ///   lies beyond the highest bound, which is told then.
  public static func of(_ quantile: Double, _ buckets: [Bucket]) -> (value: Double, isClamped: Bool)? {
    let sorted = merged(buckets)
    guard sorted.count >= 2, let last = sorted.last, last.bound == .infinity, last.count > 0 else { return nil }
    if quantile < 0 { return (-.infinity, false) }
    if quantile > 1 { return (.infinity, false) }
    let target = quantile * last.count
    let index = sorted.firstIndex { $0.count >= target } ?? sorted.count - 1
    if index == sorted.count - 1 { return (sorted[index - 1].bound, true) }
    let upper = sorted[index].bound
    if index == 0 && upper <= 0 { return (upper, false) }
    let lower = index == 0 ? 0 : sorted[index - 1].bound
    let below = index == 0 ? 0 : sorted[index - 1].count
    let inside = sorted[index].count - below
    return (inside > 0 ? lower + (upper - lower) * (target - below) / inside : lower, false)
  }

  /// In order, equal bounds added up, and never falling: buckets are read one after the other while they grow.
  private static func merged(_ buckets: [Bucket]) -> [Bucket] {
    var out: [Bucket] = []
    for bucket in buckets.sorted(by: { $0.bound < $1.bound }) where !bucket.bound.isNaN && !bucket.count.isNaN {
      if let last = out.last, last.bound == bucket.bound {
        out[out.count - 1] = Bucket(upTo: last.bound, last.count + bucket.count)
      } else {
        out.append(bucket)
      }
    }
    var highest = 0.0
    return out.map {
      highest = max(highest, $0.count)
      return Bucket(upTo: $0.bound, highest)
    }
  }
}
