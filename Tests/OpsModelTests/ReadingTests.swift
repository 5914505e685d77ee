import Testing

@testable import OpsModel

@Suite("A reading never forgets, and never pretends")
struct ReadingTests {
  let start = Moment(steady: 100, unix: 1000)
  let failure = Failure.closed(address: "redis")

  @Test("unknown stays unknown when reading fails")
  func neverThenFailed() {
    let reading = Reading<Int>.never.failing(failure, at: start)
    #expect(reading.value == nil)
    #expect(reading.word.text == "failed")
  }

  @Test("the last value stays, with its age and since when it is stale")
  func freshThenStale() {
    let reading = Reading.fresh(7, at: start).failing(failure, at: start.advanced(by: 5)).failing(failure, at: start.advanced(by: 9))
    #expect(reading.value == 7)
    #expect(reading.at == start)
    #expect(reading.failure?.since == start.advanced(by: 5))
    #expect(!reading.isFresh)
  }

  @Test("ages are never negative, whatever the clocks do")
  func ages() {
    #expect(start.age(since: start.advanced(by: 3)) == 0)
    #expect(start.advanced(by: 3).age(since: start) == 3)
  }

  @Test("every failure says what happened and what to try")
  func words() {
    let all: [Failure] = [
      .unreachable(address: "a", reason: "b"), .unknownHost("h"), .timedOut(what: "w", waited: 2), .closed(address: "a"),
      .authentication("x"), .permission(what: "p", grant: "g"), .notReady("n"), .garbage("g"), .tooLarge(what: "w", limit: 1), .tls("t"),
      .refused(code: "42", message: "m"), .settings("s"),
    ]
    for failure in all {
      #expect(!failure.what.isEmpty)
      #expect(failure.remedy?.isEmpty == false)
      #expect(failure.sentence(age: 61).text.contains("since 1m01s"))
    }
  }

  @Test("JSON is ASCII, exact, and null where a number is not known")
  func json() {
    let document = JSONText.object([
      ("name", .text(SafeText(escaping: "q\u{1B}\"ü😀"))), ("ready", .optional(nil as Int?)), ("age", .number(2.5)), ("n", .int(3)),
      ("bad", .number(.nan)), ("list", .array([])),
    ])
    let text = document.rendered()
    #expect(text.allSatisfy { $0.isASCII })
    #expect(text.contains(#""name": "q\\x1b\"\u00fc\ud83d\ude00""#))
    #expect(text.contains("\"ready\": null"))
    #expect(text.contains("\"bad\": null"))
    #expect(text.contains("\"age\": 2.5"))
  }
}
