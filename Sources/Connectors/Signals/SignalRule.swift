import OpsModel

/// One way to a signal. Several may lead to the same one: names differ between libraries, and collide.
struct SignalRule: Sendable {
  let signal: Signal
  let expression: MetricExpression
  let bound: SignalValue.Bound

  init(_ signal: Signal, _ expression: MetricExpression, _ bound: SignalValue.Bound = .exact) {
    self.signal = signal
    self.expression = expression
    self.bound = bound
  }

  /// What is written for "no limit", and for an empty window of a histogram, is no number.
  static func isKnown(_ signal: Signal, _ value: Double) -> Bool {
    guard value.isFinite, value >= 0 else { return false }
    switch signal.unit {
    case .seconds: return value < 1e6
    case .bytes, .bytesPerSecond: return value < 4e18
    case .share: return value < 1000
    default: return value < 2e9
    }
  }
}
