/// The latest values of a counter, for its rate. A counter that falls was started again: what it shows then is what came since.
///
/// Rates are those of the console's own clock and are not stretched to the edges of a window, so that whole numbers stay whole.
public struct CounterWindow: Sendable {
  private struct Sample: Sendable {
    let at: Double
    /// The counter as if it had never been started again.
    let total: Double
  }

  /// Seconds that a rate is told over, where there are so many.
  public let length: Double
  private var samples: [Sample] = []
  private var last: Double?
  public private(set) var resets = 0

  public init(length: Double = 15) { self.length = length }

  /// - Parameters:
  ///   - value: as it was read; NaN and infinite values are left out.
  ///   - now: seconds of a clock that never steps.
  public mutating func add(_ value: Double, at now: Double) {
    guard value.isFinite else { return }
    let before = last ?? value
    let grown = value.grown(since: before)
    if value < before { resets += 1 }
    last = value
    samples.append(Sample(at: now, total: (samples.last?.total ?? 0) + grown))
    // One sample older than the window stays, so that the window is covered.
    while samples.count > 2 && samples[1].at <= now - length { samples.removeFirst() }
  }

  /// The process was started again: what its counters show came since, and what they showed before does not count.
  public mutating func restarted() {
    samples = []
    last = nil
  }

  /// How much it grew, and in how many seconds; nil with fewer than two samples.
  public var growth: (by: Double, seconds: Double)? {
    guard let first = samples.first, let newest = samples.last, newest.at > first.at else { return nil }
    return (newest.total - first.total, newest.at - first.at)
  }

  /// Per second.
  public var rate: Double? { growth.map { $0.by / $0.seconds } }

  /// Seconds since the last value.
  public func silence(at now: Double) -> Double { samples.last.map { now - $0.at } ?? .infinity }
}
