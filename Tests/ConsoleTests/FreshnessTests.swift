import Canvas
import Console
import OpsModel
import Testing

@Suite("Nothing on the screen lies about its age")
@MainActor
struct FreshnessTests {
  @Test("a source that stops answering keeps its numbers, dimmed, with age and reason")
  func stale() throws {
    let headless = try Headless(120, 24)
    headless.feed(.source(Fixtures.orders), .observed(Fixtures.usualQueues(headless.clock)))
    headless.pass(12)
    let failure = Failure.unreachable(address: "redis at 10.0.0.5:6379", reason: "connection refused")
    headless.feed(.failed("orders", failure, at: headless.clock.now(), retryAt: headless.clock.now().advanced(by: 4)))
    headless.pass(3)
    headless.press(Key("2"))
    #expect(headless.text.contains("41 208"))
    #expect(headless.text.contains("redis at 10.0.0.5:6379: connection refused, for 3s, next try in 1s"))
    let row = try #require(headless.text.split(separator: "\n").firstIndex { $0.contains("41 208") })
    #expect(headless.frame[20, row].style.isDimmed)
    #expect(headless.text.contains("0 fresh 1 stale"))
  }

  @Test("a hanging source is not fresh either, although it has not failed yet")
  func hanging() throws {
    let headless = try Headless(120, 24)
    headless.feed(.source(Fixtures.orders), .observed(Fixtures.usualQueues(headless.clock)))
    headless.pass(2)
    headless.feed(.asked("orders", headless.clock.now()))
    headless.pass(6)
    #expect(headless.text.contains("STALE"))
    #expect(headless.text.contains("slow: asked 6s ago"))
  }

  @Test("what was never read is shown as unknown and not as zero")
  func unknown() throws {
    let headless = try Headless(120, 24)
    headless.feed(.source(Fixtures.orders), .observed(Fixtures.usualQueues(headless.clock)))
    headless.press(Key("2"))
    let line = try #require(headless.line(holding: "reports"))
    #expect(line.contains("—"))
  }

  @Test("ages go on without a new observation")
  func ages() throws {
    let headless = try Headless(120, 24)
    headless.feed(.source(Fixtures.orders), .observed(Fixtures.usualQueues(headless.clock)))
    #expect(headless.line(holding: "orders")?.hasSuffix(" 0s") == true)
    headless.pass(3)
    #expect(headless.line(holding: "orders")?.hasSuffix(" 3s") == true)
  }

  @Test("a second that passes changes the clock and the ages and no other cell")
  func tick() throws {
    let headless = try Headless(120, 40)
    headless.feed(.source(Fixtures.orders), .source(Fixtures.mainDB))
    headless.feed(.observed(Fixtures.usualQueues(headless.clock)), .observed(Fixtures.sessions(headless.clock)))
    // What is wrong is found with the first tick.
    headless.pass(0)
    let before = headless.frame
    headless.pass(1)
    let difference = FrameDifference(from: before, to: headless.frame)
    #expect(difference.runs.reduce(0) { $0 + $1.cells.count } <= 4)
  }

  @Test("the environment stands on the screen in words at any size", arguments: [(120, 40), (80, 24), (40, 12), (20, 5), (14, 2)])
  func environment(columns: Int, rows: Int) throws {
    for environment in Environment.allCases {
      let headless = try Headless(columns, rows, environment: environment)
      #expect(headless.text.contains(environment.word.text))
    }
  }

  // The cells of the other looks are those of 256 colours: `GoldenPictureTests` compares them.
  @Test("no size and no look makes the console fail", arguments: [Look.colours256, .ascii])
  func sizes(look: Look) throws {
    let headless = try Headless(80, 24, look: look)
    headless.feed(.source(Fixtures.orders), .source(Fixtures.mainDB))
    headless.feed(.observed(Fixtures.usualQueues(headless.clock)), .observed(Fixtures.sessions(headless.clock)))
    for keys in [
      [Key("1")], [Key("2")], [Key("2"), .enter], [Key("4")], [Key("5")], [Key("5"), .enter], [Key("?")], [.escape, Key(":")],
      [.escape, Key("/")],
    ] {
      for key in keys { headless.press(key) }
      for columns in [1, 2, 3, 7, 20, 40, 80, 200] {
        for rows in [1, 2, 3, 4, 6, 12, 24, 60] {
          headless.size = Size(columns: columns, rows: rows)
          #expect(headless.frame.size == headless.size)
        }
      }
    }
  }
}

@Suite("A view that is held")
@MainActor
struct HeldFreshnessTests {
  @Test("moving the cursor makes no source stale, and a source that fails meanwhile says so")
  func movement() throws {
    let headless = try Headless(120, 24)
    headless.feed(.source(Fixtures.orders), .source(Fixtures.mainDB))
    headless.feed(.observed(Fixtures.usualQueues(headless.clock)), .observed(Fixtures.sessions(headless.clock)))
    for _ in 0..<8 {
      headless.press(.down)
      headless.pass(1)
      headless.feed(.observed(Fixtures.usualQueues(headless.clock)), .observed(Fixtures.sessions(headless.clock)))
    }
    #expect(!headless.text.contains("STALE"))
    headless.press(.up)
    headless.feed(.failed("orders", .closed(address: "redis at 10.0.0.5:6379"), at: headless.clock.now(), retryAt: nil))
    #expect(headless.text.contains("STALE"))
  }

  @Test("new numbers of a fresh source wait for the tick; first numbers, failures and keys do not")
  func urgency() throws {
    let headless = try Headless(120, 24)
    headless.feed(.source(Fixtures.orders))
    _ = headless.frame
    headless.feed(.observed(Fixtures.usualQueues(headless.clock)))
    #expect(headless.app.isUrgent)
    _ = headless.frame
    headless.feed(.observed(Fixtures.usualQueues(headless.clock)))
    #expect(headless.app.isDirty && !headless.app.isUrgent)
    headless.feed(.failed("orders", .closed(address: ""), at: headless.clock.now(), retryAt: nil))
    #expect(headless.app.isUrgent)
  }
}
