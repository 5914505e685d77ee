import Canvas
import Foundation
import OpsModel
import Panels
import Synchronization
import Testing

@testable import Console
@testable import Tape

/// A clock that stands still until it is moved.
private final class HandClock: OpsClock {
  private let moment = Mutex(TapeScene.moment(0))

  func now() -> Moment { moment.withLock { $0 } }
  func advance(_ seconds: Double) { moment.withLock { $0 = $0.advanced(by: seconds) } }
}

@MainActor
@Suite("What was on the screen is on it again")
struct ReplayTests {
  private let clock = HandClock()

  private static let mainDB = SourceView(
    name: "main-db", kind: "postgres", facets: [.sessions, .locks], interval: 2, canShowWaiting: false)
  private static let fleet = SourceView(name: "fleet", kind: "metrics", facets: [.runtimes, .alerts], interval: 2, canShowWaiting: false)

  private func app(isReplay: Bool) throws -> ConsoleApp {
    try #require(
      ConsoleApp(
        catalogue: PanelCatalogue.all, keymap: .standard, identity: Identity(environment: .production, user: "oncall", host: "bastion"),
        theme: .standard, clock: clock, isReplay: isReplay))
  }

  private func observations(_ step: Int) -> [Observation] {
    let at = clock.now()
    var orders = TapeScene.observation(0, [TapeScene.queue("default", step * 7, oldest: .exact(Double(step))), TapeScene.queue("low", 3)])
    orders.at = at
    orders.workers = FullObservation.make(at).workers
    var database = Observation(source: "main-db", at: at, took: 0, facets: [.sessions])
    var root = SessionState(id: ResourceID(source: "main-db", kind: .session, key: "7 a"), pid: 7)
    root.application = "admin-shell"
    root.state = "idle in transaction"
    root.transactionAge = Double(step * 2)
    var victim = SessionState(id: ResourceID(source: "main-db", kind: .session, key: "8 b"), pid: 8)
    victim.state = "active"
    victim.queryAge = Double(step * 2)
    victim.blockedBy = step > 10 ? [7] : []
    root.blocks = step > 10 ? 1 : 0
    database.sessions = [root, victim]
    var fleet = Observation(source: "fleet", at: at, took: 0, facets: [.runtimes, .alerts])
    var process = FullObservation.make(at).runtimes[0]
    process = RuntimeState(id: ResourceID(source: "fleet", kind: .runtime, key: "api"), name: "api", language: .node)
    process.signals.set(.loopLagP99, 0.01 * Double(step), from: .metrics)
    process.signals.set(.rss, 4e8 + Double(step) * 1e6, from: .metrics)
    fleet.runtimes = [process]
    return [orders, database, fleet]
  }

  /// A panel as it looks: what stands in it, and how.
  private struct Picture {
    let text: String
    let cells: [Cell]
  }

  /// The panels without the lines that say whether it is now: the bar, the crumbs and the footer.
  private func screens(_ app: ConsoleApp) -> [Picture] {
    let size = Size(columns: 110, rows: 30)
    return ["1", "2", "4", "5", "6", "8"].map { digit in
      _ = app.handle(.input(.key(Key(digit))))
      let frame = app.frame(size: size, look: .colours256)
      let rows = 3..<size.rows - 1
      return Picture(
        text: rows.map { frame.text(row: $0) }.joined(separator: "\n"),
        cells: Array(frame.cells[rows.lowerBound * size.columns..<rows.upperBound * size.columns]))
    }
  }

  private func expectSame(_ before: [Picture], _ again: [Picture]) {
    for (before, again) in zip(before, again) {
      #expect(before.text == again.text)
      let different = zip(before.cells, again.cells).filter { $0.style != $1.style }.count
      #expect(different == 0, "the styles of \(different) cells differ in\n\(again.text)")
    }
  }

  @Test("the screens of a moment, live and from the tape, are the same to the last cell of their panels")
  func same() throws {
    let scene = try TapeScene()
    let live = try app(isReplay: false)
    live.beginTape()
    for source in [TapeScene.orders, Self.mainDB, Self.fleet] {
      _ = live.handle(.source(source))
      try scene.writer.take(.source(SourceFacts(source)), now: clock.now().unix)
    }
    var then: (at: Double, screens: [Picture])?
    for step in 0..<60 {
      for observation in observations(step) {
        _ = live.handle(.observed(observation))
        try scene.writer.take(.observed(observation), now: clock.now().unix)
      }
      for effect in live.tick() { if case .tape(let tick) = effect { try scene.writer.take(.tick(tick), now: clock.now().unix) } }
      if step == 40 { then = (clock.now().unix, screens(live)) }
      clock.advance(2)
    }
    try scene.writer.flush(clock.now().unix, isLast: true)
    let known = try #require(then)
    #expect(known.screens[0].text.contains("SUSPECT") && known.screens[4].text.contains("loop lags"), "the scene has an incident in it")

    let moment = try TapeReader(path: scene.path).moment(known.at)
    let replay = try app(isReplay: true)
    _ = replay.begin(.to(known.at))
    _ = replay.handle(.rewound(TapeAnswer(.to(known.at), .success(moment))))
    expectSame(known.screens, screens(replay))
    // The same on the console that goes on: it knows more by now, and shows nothing of it.
    _ = live.jump(.to(known.at))
    _ = live.handle(.rewound(TapeAnswer(.to(known.at), .success(moment))))
    expectSame(known.screens, screens(live))
  }
}
