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

  public init(id: ResourceID, measure: History.Measure, value: Double, at: Moment) {
    self.id = id
    self.measure = measure
    self.value = value
    self.at = at
  }
}
