import OpsModel

/// A row of an observation. What only grew older since it was written did not change: of thousands of workers and queues nearly all are
/// like that at each look, and only their ages would be written again.
protocol AgeingRow: Codable, Hashable {
  var id: ResourceID { get }
  /// The same with ages as they are so many seconds later.
  func aged(by seconds: Double) -> Self
  /// Whether it is what `before` is so many seconds later. Ages come from another clock than the time of a look, and over a network.
  func isSame(as before: Self, aged seconds: Double) -> Bool
}

/// Seconds by which an age may differ from the one that is computed. It is compared with what was written: differences do not add up.
private let tolerance = 0.2

private func fits(_ now: Double?, _ before: Double?, _ seconds: Double) -> Bool {
  switch (now, before) {
  case (nil, nil): true
  case (.some(let now), .some(let before)): abs(now - before - seconds) <= tolerance
  default: false
  }
}

extension WorkerState: AgeingRow {
  func aged(by seconds: Double) -> WorkerState {
    var out = self
    out.onTask = onTask.map { $0 + seconds }
    out.heartbeatAge = heartbeatAge.map { $0 + seconds }
    return out
  }

  func isSame(as before: WorkerState, aged seconds: Double) -> Bool {
    guard fits(onTask, before.onTask, seconds), fits(heartbeatAge, before.heartbeatAge, seconds) else { return false }
    var same = self
    same.onTask = before.onTask
    same.heartbeatAge = before.heartbeatAge
    return same == before
  }
}

extension QueueState: AgeingRow {
  func aged(by seconds: Double) -> QueueState {
    var out = self
    out.oldest = oldest.aged(by: seconds)
    return out
  }

  func isSame(as before: QueueState, aged seconds: Double) -> Bool {
    guard fits(oldest.seconds, before.oldest.seconds, seconds) else { return false }
    var same = self
    if oldest.isAge(like: before.oldest) { same.oldest = before.oldest }
    return same == before
  }
}

extension SessionState: AgeingRow {
  func aged(by seconds: Double) -> SessionState {
    var out = self
    out.transactionAge = transactionAge.map { $0 + seconds }
    out.queryAge = queryAge.map { $0 + seconds }
    out.stateAge = stateAge.map { $0 + seconds }
    return out
  }

  func isSame(as before: SessionState, aged seconds: Double) -> Bool {
    guard fits(transactionAge, before.transactionAge, seconds), fits(queryAge, before.queryAge, seconds),
      fits(stateAge, before.stateAge, seconds)
    else { return false }
    var same = self
    same.transactionAge = before.transactionAge
    same.queryAge = before.queryAge
    same.stateAge = before.stateAge
    return same == before
  }
}

/// What processes tell are measurements, and no ages.
extension RuntimeState: AgeingRow {
  func aged(by seconds: Double) -> RuntimeState { self }
  func isSame(as before: RuntimeState, aged seconds: Double) -> Bool { self == before }
}

extension OldestAge {
  fileprivate func aged(by seconds: Double) -> OldestAge {
    switch self {
    case .unknown, .none: self
    case .exact(let age): .exact(age + seconds)
    case .atLeast(let age): .atLeast(age + seconds)
    }
  }

  fileprivate func isAge(like other: OldestAge) -> Bool {
    switch (self, other) {
    case (.exact, .exact), (.atLeast, .atLeast): true
    default: false
    }
  }
}
