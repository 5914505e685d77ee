import OpsModel

/// The machine's clock, or one on which the program waits faster than the world turns: ten minutes of a test stand for
/// more than an hour. Only tests set `OPSCONSOLE_TEST_PACE`, from 1 to 20.
///
/// The pace changes waiting and nothing else. The steady clock goes faster, so intervals, `for`, settling, staleness and
/// the time limit of a hook end sooner, and a rate is per second of that clock. The calendar keeps the world's time:
/// servers and workers stamp their records with it, so an age that comes from a server, and every time on a tape, is true
/// at any pace. Network deadlines do not change: a server is not faster because a test is.
struct PacedClock: OpsClock {
  /// Seconds of this clock in one second of the machine.
  let pace: Double
  private let began: Moment

  init(variables: [String: String]) {
    pace = variables["OPSCONSOLE_TEST_PACE"].flatMap { Double($0) }.map { min(20, max(1, $0)) } ?? 1
    began = SystemClock().now()
  }

  func now() -> Moment {
    let now = SystemClock().now()
    return pace == 1 ? now : Moment(steady: began.steady + (now.steady - began.steady) * pace, unix: now.unix)
  }

  var machine: any OpsClock { SystemClock() }

  /// Seconds of the machine in so many seconds of this clock: for a sleep or a time limit.
  func machineSeconds(_ seconds: Double) -> Double { seconds / pace }
}
