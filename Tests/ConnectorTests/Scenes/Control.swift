import Dispatch
import Glibc
import OpsModel
import Synchronization

/// How slow this machine is while something is measured: a deadline on a machine that others use as well is compared with
/// what a trivial process and a short sleep took at the same moment, never with a bare number.
///
///     let machine = Control()
///     let took = await measure()
///     #expect(took < machine.allows(1))
final class Control: Sendable {
  /// Seconds that starting and ending a trivial process takes on an idle machine.
  private static let quiet = 0.004
  /// Seconds that the control sleeps, and by how much it may be late on an idle machine.
  private static let nap = 0.02
  private static let late = 0.004

  private final class State: Sendable {
    let worst = Mutex(1.0)
    let isOver = Mutex(false)
    let ended = DispatchSemaphore(value: 0)

    func look() {
      let clock = SystemClock()
      let began = clock.now()
      if let child = try? ChildProcess(["true"]) {
        child.closeInput()
        child.wait()
      }
      let process = clock.now().age(since: began) / Control.quiet
      let slept = clock.now()
      usleep(UInt32(Control.nap * 1e6))
      let sleep = (clock.now().age(since: slept) - Control.nap) / Control.late
      worst.withLock { $0 = max($0, process, sleep) }
    }
  }

  private let state = State()

  init() {
    state.look()
    DispatchQueue(label: "control", qos: .userInitiated).async { [state] in
      while !state.isOver.withLock({ $0 }) {
        state.look()
        usleep(100_000)
      }
      state.ended.signal()
    }
  }

  deinit { state.isOver.withLock { $0 = true } }

  /// What a promise of so many seconds is worth on this machine at this moment. Ends the measuring.
  func allows(_ seconds: Double) -> Double {
    let wasOver = state.isOver.withLock { isOver in
      defer { isOver = true }
      return isOver
    }
    if !wasOver { state.ended.wait() }
    state.look()
    return seconds * state.worst.withLock { $0 }
  }
}
