import Canvas
import Gate
import OpsModel
import Testing

@testable import Console

@MainActor
@Suite("The first line says what is possible, before anybody plans")
struct LookOnlyTests {
  nonisolated static let sizes = [(120, 40), (80, 24), (40, 12)]
  private static let replica = LookOnly("this Redis is a replica of 10.0.0.5:6379", isFault: true)

  private func bar(_ headless: Headless) -> String { String(headless.text.split(separator: "\n", omittingEmptySubsequences: false)[0]) }

  private func source(_ name: SafeText, _ verbs: Set<Verb> = [.retry, .discard]) -> SourceView {
    SourceView(name: name, kind: "rq", facets: [.queues, .workers], interval: 2, canShowWaiting: true, canShowDead: true, verbs: verbs)
  }

  private func observation(_ name: SafeText, _ headless: Headless, _ lookOnly: LookOnly?) -> Observation {
    var out = Observation(source: name, at: headless.clock.now(), took: 0.01, facets: [.queues, .workers])
    out.queues = [QueueState(id: ResourceID(source: name, kind: .queue, key: "q"), name: "q", ready: 1, oldest: .none, paused: nil)]
    out.lookOnly = lookOnly
    return out
  }

  @Test("environment and mode stand at every size", arguments: sizes)
  func always(_ size: (Int, Int)) throws {
    let headless = try Headless(size.0, size.1)
    headless.feed(.source(source("orders")), .observed(observation("orders", headless, nil)))
    #expect(bar(headless).contains("PRODUCTION") && bar(headless).contains("READ-WRITE"))
  }

  @Test("where nothing could be written down, it says so and why, and no plan is made", arguments: sizes)
  func unrecorded(_ size: (Int, Int)) throws {
    let headless = try Headless(size.0, size.1)
    headless.feed(.source(source("orders")), .observed(observation("orders", headless, nil)))
    headless.feed(.unrecorded("the state folder cannot be written: permission denied"))
    #expect(bar(headless).contains("PRODUCTION") && bar(headless).contains("LOOK ONLY") && !bar(headless).contains("READ-WRITE"))
    if size.0 >= 80 { #expect(bar(headless).contains("LOOK ONLY: the state folder cannot be written")) }
    #expect(headless.app.act(ActionDraft(.retry, source: "orders", .source)).isEmpty)
    #expect(headless.app.act(ActionDraft(.ping, source: "orders", .source)).isEmpty, "a ping is logged as well")
    #expect(headless.text.contains("LOOK ONLY: the state"))
    headless.feed(.unrecorded(nil))
    #expect(bar(headless).contains("READ-WRITE"))
    #expect(headless.app.act(ActionDraft(.retry, source: "orders", .source)).count == 1)
  }

  @Test("where it holds for every source that could be changed, the first line says it")
  func everySource() throws {
    let headless = try Headless(120, 40)
    headless.feed(.source(source("orders")), .source(source("mail")), .source(source("host", [.threadDump])))
    headless.feed(.observed(observation("orders", headless, Self.replica)), .observed(observation("host", headless, nil)))
    #expect(!bar(headless).contains("all 2 sources"), "of mail nothing is known yet")
    headless.feed(.observed(observation("mail", headless, LookOnly("this account may not: EVALSHA 0", isFault: false))))
    #expect(bar(headless).contains("LOOK ONLY: all 2 sources"))
  }

  @Test("where it holds for one of several, its row and the line under the cursor say it, and it is not planned for")
  func oneSource() throws {
    let headless = try Headless(160, 40)
    headless.feed(.source(source("mail")), .source(source("orders")))
    headless.feed(.observed(observation("mail", headless, nil)), .observed(observation("orders", headless, Self.replica)))
    #expect(headless.line(holding: "LOOK ONLY: this Redis is a replica of 10.0.0.5:6379") != nil)
    while headless.line(holding: "▸")?.contains("mail") != true {
      let before = headless.line(holding: "▸")
      headless.press(.down)
      if headless.line(holding: "▸") == before { headless.press(.home) }
      if headless.line(holding: "▸") == before { break }
    }
    try #require(headless.line(holding: "▸")?.contains("mail") == true)
    #expect(bar(headless).contains("READ-WRITE"))
    #expect(headless.app.act(ActionDraft(.retry, source: "orders", .source)).isEmpty)
    #expect(headless.text.contains("LOOK ONLY: orders: this Redis is a replica"))
    #expect(headless.app.act(ActionDraft(.retry, source: "mail", .source)).count == 1)
  }

  @Test("what was wanted at the start stays what it is")
  func wanted() throws {
    let headless = try Headless(80, 24, readOnly: "--read-only")
    headless.feed(.unrecorded("the state folder cannot be written: permission denied"))
    #expect(bar(headless).contains("READ-ONLY"))
  }
}
