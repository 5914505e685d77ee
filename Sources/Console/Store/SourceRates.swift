public import OpsModel

/// Numbers per second that need two observations.
extension StoreView {
  /// Growth of a queue per second; negative when it drains.
  public func growth(of queue: ResourceID) -> Double? { history.rate(.ready, of: queue) }

  /// Tasks done per second by all workers of a source; nil while unknown.
  public func doneRate(of source: SourceView) -> Double? { history.rate(.done, of: source.id) }

  public func failedRate(of source: SourceView) -> Double? { history.rate(.failed, of: source.id) }

  /// How long until the queue is empty if it goes on like this.
  public func drain(of queue: QueueState) -> Drain {
    guard let ready = queue.ready else { return .unknown }
    if ready == 0 { return .empty }
    guard let growth = growth(of: queue.id) else { return .unknown }
    // Less than one task in twenty seconds is no trend.
    if abs(growth) < 0.05 { return .steady }
    return growth < 0 ? .after(Double(ready) / -growth) : .never
  }
}

/// When a queue will be empty.
public enum Drain: Hashable, Sendable {
  case unknown, empty
  /// It neither grows nor shrinks.
  case steady
  /// It grows.
  case never
  /// In this many seconds.
  case after(Double)
}
