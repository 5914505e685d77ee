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
  /// The same for all samples of one number as long as it is remembered: who keeps something for each number finds it by this at once.
  /// Nil where nobody counts.
  public let place: Int?

  public init(id: ResourceID, measure: History.Measure, value: Double, at: Moment, place: Int? = nil) {
    self.id = id
    self.measure = measure
    self.value = value
    self.at = at
    self.place = place
  }
}
