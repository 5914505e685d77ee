import OpsModel

/// The machine's clock, or one that goes faster: a soak of ten minutes shall stand for more than an hour. Only tests set
/// `OPSCONSOLE_TEST_PACE`, from 1 to 20.
struct PacedClock: OpsClock {
  let pace: Double
  private let began: Moment

  init(variables: [String: String]) {
    pace = variables["OPSCONSOLE_TEST_PACE"].flatMap { Double($0) }.map { min(20, max(1, $0)) } ?? 1
    began = SystemClock().now()
  }

  func now() -> Moment {
    let now = SystemClock().now()
    return pace == 1 ? now : began.advanced(by: (now.steady - began.steady) * pace)
  }
}
