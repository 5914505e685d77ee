import Canvas
import OpsModel
import Panels
import TestKit
import Testing

@testable import Console

/// Seventy-two hours of a clock that is moved by hand, a tenth of them outside of a soak: sources that fail and return at random,
/// queues that come and go.
@MainActor
@Suite("The wallboard for three days", .serialized)
struct WallboardSoakTests {
  private let clock = FakeClock()

  @Test("memory is flat after the first hour, files stay as they are, and nothing old stands without a word")
  func threeDays() throws {
    var random = Seeded("wallboard soak")
    let sources = [Fixtures.orders, Fixtures.mail, Fixtures.mainDB]
    let app = board(sources)
    var down: [SafeText: Double] = [:]
    var memory = 0
    let files = Memory.openFiles
    var sometimes = (stale: 0, fresh: 0)
    // A step is twenty seconds: four polls of each source are taken together, as the last of them.
    let steps = Amount.of(72 * 180)
    for step in 0..<steps {
      clock.advance(20)
      var silent: [SafeText] = []
      for (place, source) in sources.enumerated() {
        if let until = down[source.name], clock.now().unix < until {
          let now = clock.now()
          silent.append(source.name)
          _ = app.handle(.failed(source.name, .unreachable(address: "server", reason: "refused"), at: now, retryAt: now.advanced(by: 9)))
        } else {
          // At random, and now and then for certain: a short run has outages as well.
          let fails = Int.random(in: 0..<400, using: &random) == 0 || step % 400 == 40 * (place + 1)
          down[source.name] = fails ? clock.now().unix + Double.random(in: 30...3000, using: &random) : nil
          _ = app.handle(.observed(observation(source, step, &random)))
        }
      }
      _ = app.tick()
      let picture = app.frame(size: Size(columns: 100, rows: 30), look: .colours256).text
      for name in silent {
        let isTold = ["\(name) STALE", "\(name) DOWN", "NO NEW NUMBERS"].contains { picture.contains($0) }
        #expect(isTold, "\(name) at step \(step)\n\(picture)")
        sometimes.stale += 1
      }
      if picture.contains("3 fresh") { sometimes.fresh += 1 }
      if step == 180 { memory = Memory.resident }
    }
    expectFlat(since: memory, files: files)
    #expect(sometimes.stale > steps / 130 && sometimes.fresh > steps / 13, "\(sometimes)")
  }

  private func board(_ sources: [SourceView]) -> WallboardApp {
    let identity = Identity(environment: .production, user: "wall", host: "board-1", readOnly: "a wallboard looks only")
    let app = WallboardApp(
      pages: WallCatalogue.all, settings: WallSettings(), identity: identity, theme: .standard, clock: clock)
    for source in sources { _ = app.handle(.source(source)) }
    return app
  }

  private func expectFlat(since memory: Int, files: Int) {
    // Suites that run beside this one have memory and files of the same process.
    guard Memory.isOfOneTest else { return }
    let growth = Memory.resident - memory
    #expect(abs(growth) <= 1_048_576, "resident memory moved by \(growth / 1024) kB since the first hour")
    #expect(Memory.openFiles == files)
  }

  private func observation(_ source: SourceView, _ step: Int, _ random: inout Seeded) -> Observation {
    if source.facets.contains(.sessions) { return Fixtures.sessions(clock, blocked: Int.random(in: 0..<50, using: &random) == 0) }
    // Names of queues come and go: what is gone must be forgotten.
    let names = ["default", "high", "tenant-\(step / 50)", "tenant-\(step / 50 + 1)"]
    let queues = names.map { Fixtures.queue(source.name, $0, Int.random(in: 0..<5000, using: &random), dead: step / 100) }
    let workers = (0..<4).map { index in
      var worker = Fixtures.worker("w-\(step / 500)-\(index)", index == 0 ? .busy : .idle, task: "payments.settle(\(step))", onTask: 1)
      worker.processed = step * 10
      return worker
    }
    return Fixtures.queues(clock, queues, workers: source.name == "orders" ? workers : [], source: source.name)
  }
}
