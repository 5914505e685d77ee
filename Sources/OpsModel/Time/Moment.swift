/// A point in time on two clocks: one that never steps, for ages and rates, and the calendar, for people.
public struct Moment: Hashable, Sendable, Comparable {
  /// Seconds of a clock that counts suspended time and never steps.
  public let steady: Double
  /// Seconds since 1970-01-01T00:00:00Z.
  public let unix: Double

  public init(steady: Double, unix: Double) {
    self.steady = steady
    self.unix = unix
  }

  /// Seconds from `earlier` to this moment, never negative.
  public func age(since earlier: Moment) -> Double { max(0, steady - earlier.steady) }

  public func advanced(by seconds: Double) -> Moment { Moment(steady: steady + seconds, unix: unix + seconds) }

  public static func < (left: Moment, right: Moment) -> Bool { left.steady < right.steady }
}

/// On a tape a moment is that of the calendar: the steady clock of another run, or of another machine, says nothing.
extension Moment: Codable {
  public init(from decoder: any Decoder) throws {
    let unix = try decoder.singleValueContainer().decode(Double.self)
    self.init(steady: unix, unix: unix)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(unix)
  }

  /// A moment of the calendar alone, for what is read from a tape.
  public init(recorded unix: Double) { self.init(steady: unix, unix: unix) }
}
