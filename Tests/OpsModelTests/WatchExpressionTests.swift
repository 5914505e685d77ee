import OpsModel
import Testing

@Suite("Rules of alerts: what may be written")
struct WatchExpressionTests {
  private func parsed(_ text: String) throws -> WatchExpression { try WatchExpression.parse(text) }

  @Test(
    "field, comparison, bound in the unit of the field, and for how long",
    arguments: [
      ("queue.ready > 10000 for 2m", 10_000, 120.0), ("queue.oldest_age > 5m", 300, 0), ("worker.last_seen > 60s", 60, 0),
      ("dead_letters.rate > 10/min", 10.0 / 60, 0), ("session.idle_in_transaction > 5m", 300, 0),
      ("runtime.loop.lag.p99 > 100ms for 30s", 0.1, 30), ("source.stale > 30s", 30, 0), ("queue.ready>=10k", 10_000, 0),
      ("rss > 512MB", 536_870_912, 0), ("workers.busy >= 100%", 1, 0), ("allocation > 5MB/s for 1m", 5_242_880, 60),
    ] as [(String, Double, Double)])
  func understood(_ text: String, _ bound: Double, _ lasting: Double) throws {
    let expression = try parsed(text)
    #expect(abs(expression.bound - bound) < 1e-9)
    #expect(expression.lasting == lasting)
  }

  @Test("a bound in percent is of what limits the number, one in bytes is of the number itself")
  func shares() throws {
    #expect(try parsed("heap.after_gc > 80%").field == .share(.heapAfterGC, of: .heapLimit))
    #expect(try parsed("heap.afterGC > 400MB").field == .signal(.heapAfterGC))
    #expect(try parsed("gc.timeFraction > 25%").field == .signal(.gcTime))
  }

  @Test(
    "what is not understood is told with its place and what is near",
    arguments: [
      ("queue.redy > 5", 1, "did you mean 'queue.ready'"), ("queue.ready 5", 1, "no comparison"),
      ("queue.ready = 5", 13, "compares nothing"),
      ("queue.ready > 5m", 15, "is a count"), ("queue.oldest_age > 10/min", 20, "is a time"), ("queue.ready > 5 in 2m", 17, "only 'for'"),
      ("queue.ready > 5 for ever", 17, "a time from"), ("queue.ready >", 14, "missing"), ("> 5", 1, "the field is missing"),
      ("queue.ready > nan", 15, "is a count"), ("queue.ready > 1e3", 15, "is a count"),
    ])
  func refused(_ text: String, _ column: Int, _ words: String) throws {
    let error = #expect(throws: WatchError.self) { try WatchExpression.parse(text) }
    #expect(error?.column == column)
    #expect(error?.message.text.contains(words) == true, "\(error?.message.text ?? "")")
  }

  @Test("how long and why: one without the other is not enough, a week is the longest")
  func wishes() throws {
    let wish = try QuietWish("2h the disk is replaced")
    #expect(wish.seconds == 7200)
    #expect(wish.reason == "the disk is replaced")
    for text in ["2h", "2h ", "the disk", "8d why not", "10s short", "7200 bare", "2h \t", "", "inf x", "-2h x"] {
      #expect(throws: Failure.self, "\(text)") { try QuietWish(text) }
    }
  }
}
