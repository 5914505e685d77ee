public import OpsModel

/// One number over a time, the oldest value first.
public struct HistoryRun: Sendable {
  public let id: ResourceID
  public let measure: History.Measure
  /// Seconds since 1970.
  public var points: [(time: Double, value: Float)] = []

  public init(id: ResourceID, measure: History.Measure) {
    self.id = id
    self.measure = measure
  }
}

/// One number as it was remembered.
public struct HistorySample: Sendable, Equatable {
  public let id: ResourceID
  public let measure: History.Measure
  public let value: Double
  public let at: Moment
  /// `Series.number` of the series it went into: a fast key. Nil where it is not known.
  public let series: Int?

  public init(id: ResourceID, measure: History.Measure, value: Double, at: Moment, series: Int? = nil) {
    self.id = id
    self.measure = measure
    self.value = value
    self.at = at
    self.series = series
  }
}
