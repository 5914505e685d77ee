import OpsModel
import Testing

@testable import OpsConsole

@Suite("The pace of tests")
struct PacedClockTests {
  @Test("without the variable it is the machine's clock")
  func plain() {
    for text in [nil, "", "fast", "0", "-3", "1"] {
      let clock = PacedClock(variables: text.map { ["OPSCONSOLE_TEST_PACE": $0] } ?? [:])
      #expect(clock.pace == 1)
      let (before, now, after) = (SystemClock().now(), clock.now(), SystemClock().now())
      #expect(before <= now && now <= after)
    }
  }

  @Test("the steady clock goes faster, at most twenty times; the calendar and the clock of deadlines never do")
  func faster() async throws {
    let clock = PacedClock(variables: ["OPSCONSOLE_TEST_PACE": "400"])
    #expect(clock.pace == 20)
    #expect(clock.machineSeconds(10) == 0.5)
    let (began, real) = (clock.now(), SystemClock().now())
    try await Task.sleep(for: .milliseconds(50))
    let (ended, over) = (clock.now(), SystemClock().now())
    #expect(ended.age(since: began) >= 20 * 0.05)
    // A look at one clock lies between two looks at the other.
    #expect(ended.age(since: began) <= 20 * over.age(since: real) + 0.2)
    #expect(abs(ended.unix - over.unix) < 1)
    #expect(clock.machine is SystemClock)
  }
}
