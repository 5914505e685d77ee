import OpsModel
import Synchronization

/// A steady clock, and a calendar that somebody sets.
final class SetClock: OpsClock {
  private let state: Mutex<(steady: Double, unix: Double)>

  init(unix: Double = 1_795_000_000) { state = Mutex((1000, unix)) }

  func now() -> Moment { state.withLock { Moment(steady: $0.steady, unix: $0.unix) } }

  func pass(_ seconds: Double) {
    state.withLock { state in
      state.steady += seconds
      state.unix += seconds
    }
  }

  func set(by seconds: Double) { state.withLock { $0.unix += seconds } }
}
