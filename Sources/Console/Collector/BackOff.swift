public import OpsModel

/// Full-jitter back-off: each wait is drawn evenly from zero to a bound that doubles from 0.5 s to 30 s.
public struct BackOff: Sendable {
  public static let first = 0.5
  public static let most = 30.0

  private var bound = BackOff.first

  public init() {}

  public mutating func reset() { bound = BackOff.first }

  /// Seconds until the next attempt. A source that needs a person is asked once a minute.
  public mutating func next<Generator: RandomNumberGenerator>(after failure: Failure, using generator: inout Generator) -> Double {
    if failure.needsPerson { return 60 }
    defer { bound = min(BackOff.most, bound * 2) }
    return Double.random(in: 0...bound, using: &generator)
  }
}
