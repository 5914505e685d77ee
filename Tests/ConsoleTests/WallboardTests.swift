import Canvas
import OpsModel
import Panels
import Testing

@testable import Console

@MainActor
@Suite("The wallboard")
struct WallboardTests {
  private let clock = FakeClock()

  private func board(_ settings: WallSettings = WallSettings()) -> WallboardApp {
    let identity = Identity(environment: .production, user: "wall", host: "board-1", label: "eu-1", readOnly: "a wallboard looks only")
    let app = WallboardApp(pages: WallCatalogue.all, settings: settings, identity: identity, theme: .standard, clock: clock)
    _ = app.handle(.source(Fixtures.orders))
    _ = app.handle(.source(Fixtures.mainDB))
    return app
  }

  private func text(_ app: WallboardApp, _ columns: Int = 100, _ rows: Int = 30) -> String {
    app.frame(size: Size(columns: columns, rows: rows), look: .colours256).text
  }

  private func pass(_ app: WallboardApp, _ seconds: Double, _ observations: Observation...) {
    clock.advance(seconds)
    for var observation in observations {
      observation.at = clock.now()
      _ = app.handle(.observed(observation))
    }
    _ = app.tick()
  }

  @Test("pages turn by themselves, the worst first, and only those that have something to show")
  func rotation() {
    let app = board()
    pass(app, 2, Fixtures.usualQueues(clock), Fixtures.sessions(clock))
    #expect(text(app).contains("What is wrong, and why"))
    #expect(text(app).contains("session 4312 (admin-shell) idle in transaction"))
    var titles: [String] = []
    for _ in 0..<30 {
      pass(app, 5, Fixtures.usualQueues(clock), Fixtures.sessions(clock))
      let title = text(app).split(separator: "\n").dropFirst().first { !$0.allSatisfy { $0 == " " } }.map(String.init) ?? ""
      let name = title.trimmingPrefix { $0 == " " }.prefix { $0 != "p" || $0 == " " }
      if titles.last != String(name) { titles.append(String(name)) }
    }
    let shown = titles.joined(separator: "|")
    for page in ["Alerts", "Overview", "Queues", "Databases"] { #expect(shown.contains(page), "\(shown)") }
    #expect(!shown.contains("Runtimes"))
  }

  @Test("configured pages come in their order")
  func configured() {
    var settings = WallSettings()
    settings.pages = ["queues", "overview"]
    settings.rotate = 5
    let app = board(settings)
    pass(app, 2, Fixtures.usualQueues(clock))
    #expect(text(app).contains("Queues") && text(app).contains("page 1 of 2"))
    pass(app, 6, Fixtures.usualQueues(clock))
    #expect(text(app).contains("Overview") && text(app).contains("page 2 of 2"))
  }

  @Test("the freshness of every source is in view on every page, at any size")
  func freshness() {
    let app = board()
    for _ in 0..<12 {
      pass(app, 5, Fixtures.usualQueues(clock))
      let now = clock.now()
      _ = app.handle(.failed("main-db", .unreachable(address: "pg", reason: "refused"), at: now, retryAt: now.advanced(by: 5)))
      for (columns, rows) in [(100, 30), (80, 24), (40, 12)] {
        let picture = text(app, columns, rows)
        #expect(picture.contains("main-db DOWN"), "\(columns)×\(rows)\n\(picture)")
        #expect(picture.contains("orders 0s"), "\(columns)×\(rows)\n\(picture)")
      }
    }
  }

  @Test("the mark moves with the data and with nothing else; without data the bar says so")
  func mark() {
    let app = board()
    pass(app, 2, Fixtures.usualQueues(clock))
    func mark() -> String {
      text(app).split(separator: "\n").first { $0.contains("█") || $0.contains("NO NEW") }.map { String($0.filter { "█─".contains($0) }) }
        ?? ""
    }
    let first = mark()
    pass(app, 1)
    #expect(mark() == first, "no data, no movement")
    pass(app, 1, Fixtures.usualQueues(clock))
    #expect(mark() != first)
    for _ in 0..<12 { pass(app, 1) }
    #expect(text(app).contains("NO NEW NUMBERS for 12s"))
    pass(app, 1, Fixtures.usualQueues(clock))
    #expect(!text(app).contains("NO NEW NUMBERS"))
  }

  @Test("no key does anything but q, and on a kiosk not even that")
  func keys() throws {
    let app = board()
    var settings = WallSettings()
    settings.isKiosk = true
    let kiosk = board(settings)
    for scalar in UnicodeScalar(33).value...UnicodeScalar(126).value where scalar != UnicodeScalar("q").value {
      let key = Key(try #require(UnicodeScalar(scalar)))
      #expect(app.handle(.input(.key(key))).isEmpty && kiosk.handle(.input(.key(key))).isEmpty)
    }
    for key in [Key.enter, .escape, .tab, Key("Ctrl-Z"), Key("Ctrl-L"), Key("F1")] { #expect(app.handle(.input(.key(key))).isEmpty) }
    #expect(app.exitCode == nil)
    _ = app.handle(.input(.key(Key("q"))))
    _ = kiosk.handle(.input(.key(Key("q"))))
    _ = kiosk.handle(.input(.key(Key("Ctrl-C"))))
    #expect(app.exitCode == 0 && kiosk.exitCode == nil)
    _ = kiosk.handle(.input(.end(143)))
    #expect(kiosk.exitCode == 143)
  }

  @Test("the whole picture moves by a cell now and then")
  func shift() {
    let areas = (0..<8).map { step in
      WallShift.area(Size(columns: 80, rows: 24), now: clock.now().advanced(by: Double(step) * WallShift.every), began: clock.now())
    }
    #expect(Set(areas.map { "\($0.x) \($0.y)" }).count == 4)
    #expect(areas.allSatisfy { $0.endX <= 80 && $0.endY <= 24 })
  }
}
