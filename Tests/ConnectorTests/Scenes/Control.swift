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
  /// So many looks make a mean; with fewer only the slowest says enough.
  private static let enough = 8

  private final class State: Sendable {
    /// How many times slower than idle each look was, and the seconds of the slowest one.
    let looks = Mutex([Double]())
    let slowest = Mutex(0.0)
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
      looks.withLock { $0.append(max(1, process, sleep)) }
      slowest.withLock { $0 = max($0, process * Control.quiet, sleep * Control.late) }
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
  ///
  /// All of a short time may fall into one slow moment. In a longer one a slow moment counts for what it took, and not as if
  /// everything had been as slow.
  func allows(_ seconds: Double) -> Double {
    let wasOver = state.isOver.withLock { isOver in
      defer { isOver = true }
      return isOver
    }
    if !wasOver { state.ended.wait() }
    state.look()
    let looks = state.looks.withLock { $0 }
    if looks.count < Self.enough { return seconds * (looks.max() ?? 1) }
    return seconds * looks.reduce(0, +) / Double(looks.count) + state.slowest.withLock { $0 }
  }
}
