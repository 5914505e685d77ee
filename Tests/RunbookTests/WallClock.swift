import Glibc
import OpsModel

/// The steady clock of the machine under a date that never moves.
struct WallClock: OpsClock {
  func now() -> Moment {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Moment(steady: Double(time.tv_sec) + Double(time.tv_nsec) / 1e9, unix: 1_795_000_000)
  }
}
