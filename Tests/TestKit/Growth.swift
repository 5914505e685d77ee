import Glibc

/// Compares what two amounts of the same work cost in CPU of this thread: a busy machine changes neither.
public enum Growth {
  /// CPU seconds of this thread so far.
  public static var spent: Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// CPU seconds of one call.
  public static func cost(_ work: () throws -> Void) rethrows -> Double {
    let before = spent
    try work()
    return spent - before
  }

  /// How many times the small work the large one costs. Each is the least of several runs: what disturbs a run only adds to it.
  /// - Parameter enough: no more runs are made once the ratio is down to this.
  public static func ratio(enough: Double, small: () throws -> Void, large: () throws -> Void) rethrows -> Double {
    var least = (small: Double.infinity, large: Double.infinity)
    for _ in 0..<4 {
      for _ in 0..<3 { least.small = min(least.small, try cost(small)) }
      least.large = min(least.large, try cost(large))
      if least.large <= enough * least.small { break }
    }
    return least.large / least.small
  }
}
