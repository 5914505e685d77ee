import OpsModel

/// Whether the result backend answers. One that does not is asked again after a while, so that it does not slow every poll down.
struct CeleryBackendState: Sendable {
  static let wait = 15.0

  private(set) var failure: Failure?
  private var askAgain: Moment?

  func isDue(at now: Moment) -> Bool { askAgain.map { now.steady >= $0.steady } ?? true }

  mutating func answered() {
    failure = nil
    askAgain = nil
  }

  mutating func failed(_ failure: Failure, at now: Moment) {
    self.failure = failure
    askAgain = now.advanced(by: Self.wait)
  }
}
