import Foundation
import GRDB
import OpsModel
import TestKit
import Testing

@testable import Console
@testable import Tape

@Suite("The tape: what is on it comes back as it was")
struct TapeTests {
  private func moment(_ scene: borrowing TapeScene, _ seconds: Double) throws -> TapeMoment {
    try TapeReader(path: scene.path).moment(TapeScene.start + seconds)
  }

  @Test("any moment gives the rows of the last look before it, changed or not")
  func rows() throws {
    let scene = try TapeScene()
    try scene.writer.take(.source(SourceFacts(TapeScene.orders)), now: TapeScene.start)
    for step in 0..<100 {
      let queues = [TapeScene.queue("default", step), TapeScene.queue("low", step / 10, oldest: .atLeast(Double(step)))]
      try scene.pass(Double(step * 2), TapeScene.observation(Double(step * 2), queues))
    }
    try scene.writer.flush(TapeScene.start + 200, isLast: true)
    for seconds in [0.0, 1, 57, 58, 120, 121.5, 198, 500] {
      let step = min(99, Int(seconds / 2))
      let source = try #require(try moment(scene, seconds).sources.first)
      #expect(source.reading.isFresh)
      #expect(source.reading.at?.unix == TapeScene.start + Double(step * 2))
      #expect(
        source.reading.value?.queues == [
          TapeScene.queue("default", step), TapeScene.queue("low", step / 10, oldest: .atLeast(Double(step))),
        ])
      #expect(source.facts == SourceFacts(TapeScene.orders))
    }
  }

  @Test("queues that come, go and change places are those of that moment")
  func comings() throws {
    let scene = try TapeScene()
    try scene.writer.take(.source(SourceFacts(TapeScene.orders)), now: TapeScene.start)
    let sets = [["a", "b"], ["b", "a"], ["a"], [], ["c", "a", "b"]]
    for (step, names) in sets.enumerated() {
      try scene.pass(Double(step), TapeScene.observation(Double(step), names.map { TapeScene.queue($0, step) }))
    }
    try scene.writer.flush(TapeScene.start + 5, isLast: true)
    for (step, names) in sets.enumerated() {
      let queues = try moment(scene, Double(step)).sources.first?.reading.value?.queues
      #expect(queues?.map(\.name.text) == names)
      #expect(queues?.allSatisfy { $0.ready == step } == true)
    }
  }

  @Test("a sample belongs to its own thing, also where its series number was that of another one")
  func places() throws {
    let scene = try TapeScene()
    try scene.writer.take(.source(SourceFacts(TapeScene.orders)), now: TapeScene.start)
    // Two memories both count from 1, and a series that was forgotten begins again with another number.
    let steps: [(name: String, series: Int?)] = [("a", 1), ("b", 2), ("b", 1), ("a", 2), ("a", nil), ("b", 7), ("a", 1)]
    for (step, sample) in steps.enumerated() {
      var tick = TapeTick(at: TapeScene.moment(Double(step)))
      let id = TapeScene.queue(sample.name, 0).id
      tick.samples = [HistorySample(id: id, measure: .ready, value: Double(step), at: tick.at, series: sample.series)]
      try scene.writer.take(.tick(tick), now: tick.at.unix)
    }
    try scene.pass(8, TapeScene.observation(8, []))
    try scene.writer.flush(TapeScene.start + 9, isLast: true)
    let runs = try moment(scene, 9).runs
    #expect(runs.count == 2)
    for run in runs {
      let values = steps.enumerated().filter { Array($0.element.name.utf8) == run.id.key }.map { Float($0.offset) }
      #expect(run.points.map(\.value) == values)
    }
  }

  @Test("a source that failed is stale since then, and one that never answered has failed")
  func failures() throws {
    let scene = try TapeScene()
    try scene.writer.take(.source(SourceFacts(TapeScene.orders)), now: TapeScene.start)
    let refused = Failure.unreachable(address: "redis at 10.0.0.5:6379", reason: "connection refused")
    try scene.writer.take(.failed("orders", refused, at: TapeScene.moment(0)), now: TapeScene.start)
    try scene.pass(10, TapeScene.observation(10, [TapeScene.queue("default", 1)]))
    for second in [20.0, 24, 28] {
      try scene.writer.take(.failed("orders", refused, at: TapeScene.moment(second)), now: TapeScene.start + second)
    }
    try scene.writer.flush(TapeScene.start + 30, isLast: true)
    let before = try #require(try moment(scene, 5).sources.first).reading
    #expect(before.word == "failed")
    let after = try #require(try moment(scene, 26).sources.first).reading
    #expect(after.word == "stale")
    #expect(after.failure?.failure == refused)
    #expect(after.failure?.since.unix == TapeScene.start + 20)
    let events = try TapeReader(path: scene.path).events(from: 0, until: .greatestFiniteMagnitude)
    #expect(events.map(\.kind) == [.sourceLost, .sourceBack, .sourceLost])
  }

  @Test("numbers of the half hour before come back, each at its time")
  func numbers() throws {
    let scene = try TapeScene()
    try scene.writer.take(.source(SourceFacts(TapeScene.orders)), now: TapeScene.start)
    for step in 0..<120 { try scene.pass(Double(step * 2), TapeScene.observation(Double(step * 2), [TapeScene.queue("default", step)])) }
    try scene.writer.flush(TapeScene.start + 240, isLast: true)
    let run = try #require(try moment(scene, 101).runs.first)
    #expect(run.measure == .ready)
    #expect(run.points.map { Int($0.value) } == Array(0...50))
    #expect(run.points.enumerated().allSatisfy { abs($0.element.time - TapeScene.start - Double($0.offset) * 2) < 0.01 })
  }

  @Test("every part of an observation survives the way onto the tape and back")
  func parts() throws {
    let scene = try TapeScene()
    try scene.writer.take(.source(SourceFacts(TapeScene.orders)), now: TapeScene.start)
    let full = FullObservation.make(TapeScene.moment(0))
    try scene.writer.take(.observed(full), now: TapeScene.start)
    try scene.writer.flush(TapeScene.start + 1, isLast: true)
    let read = try #require(try moment(scene, 1).sources.first { $0.facts.name == "orders" }?.reading.value)
    #expect(read.workers == full.workers)
    #expect(read.sessions == full.sessions)
    #expect(read.runtimes == full.runtimes)
    #expect(read.locks?.rows == full.locks?.rows)
    #expect(read.alerts == full.alerts)
    #expect(read.server == full.server)
    #expect(read.notices == full.notices)
    #expect(read.feed == full.feed)
    #expect(read.host?.pressure == full.host?.pressure)
    #expect(read.host?.groups == full.host?.groups)
    #expect(read.health?.slots == full.health?.slots)
    #expect(read.health?.temporary == full.health?.temporary)
    let window = read.statements?.window(60)
    #expect(window?.rows == full.statements?.window(60).rows)
    #expect(window?.span == full.statements?.window(60).span)
    #expect(read.statements?.texts == full.statements?.texts)
  }

  @Test("an hour stays as it was read, a day keeps a look in a minute, a week one in ten, and what is older is gone")
  func thinning() throws {
    let scene = try TapeScene()
    try scene.writer.take(.source(SourceFacts(TapeScene.orders)), now: TapeScene.start)
    // Ten days, one look in twenty seconds for the last two hours of each day; outside of a soak one in four minutes for those that
    // are only there to grow old.
    for day in 0..<10 {
      for look in stride(from: 0, to: 360, by: Amount.isSoak || day >= 8 ? 1 : 12) {
        let seconds = Double(day) * 86_400 + Double(look * 20)
        try scene.pass(seconds, TapeScene.observation(seconds, [TapeScene.queue("default", look), TapeScene.queue("low", 1)]))
      }
    }
    let end = 9 * 86_400.0 + 7200
    try scene.writer.flush(TapeScene.start + end, isLast: true)
    let reader = try TapeReader(path: scene.path)
    let span = try #require(try reader.span())
    #expect(span.lowerBound >= TapeScene.start + end - 7 * 86_400)
    func ready(_ seconds: Double) throws -> Int? { try moment(scene, seconds).sources.first?.reading.value?.queues.first?.ready }
    #expect(try ready(end - 40) == 358)
    let hours = try ready(end - 5400)
    #expect(abs((hours ?? 0) - 90) <= 3, "\(hours ?? -1)")
    let days = try ready(8 * 86_400 + 3600)
    #expect(abs((days ?? 0) - 180) <= 30, "\(days ?? -1)")
  }

  @Test("a tape stays within its size, and keeps the newest")
  func size() throws {
    let limit = 700_000
    let scene = try TapeScene(size: limit)
    try scene.writer.take(.source(SourceFacts(TapeScene.orders)), now: TapeScene.start)
    var random = Seeded("tape size")
    for step in 0..<900 {
      let seconds = Double(step * 10)
      let queues = (0..<60).map { TapeScene.queue("queue-\($0)", Int.random(in: 0...1_000_000, using: &random)) }
      try scene.pass(seconds, TapeScene.observation(seconds, queues))
    }
    try scene.writer.flush(TapeScene.start + 9000, isLast: true)
    let size = try FileManager.default.attributesOfItem(atPath: scene.path)[.size] as? Int ?? 0
    #expect(size <= limit)
    let span = try #require(try TapeReader(path: scene.path).span())
    #expect(span.upperBound == TapeScene.start + 8990)
    #expect(span.lowerBound > TapeScene.start, "the oldest was let go")
    #expect(try moment(scene, 8990).sources.first?.reading.value?.queues.count == 60)
  }

  @Test("what is no tape is not touched; a later format and a damaged value are told")
  func foreign() throws {
    let scene = try TapeScene()
    try scene.writer.take(.source(SourceFacts(TapeScene.orders)), now: TapeScene.start)
    try scene.pass(0, TapeScene.observation(0, [TapeScene.queue("default", 1)]))
    try scene.writer.flush(TapeScene.start, isLast: true)
    let other = scene.folder.appendingPathComponent("other.sqlite").path
    let queue = try DatabaseQueue(path: other)
    try queue.write { try $0.execute(sql: "CREATE TABLE mine (x)") }
    #expect(throws: TapeProblem.foreign) { try TapeWriter(path: other, settings: TapeSettings(), owner: TapeScene.owner, now: 0) }
    #expect(throws: TapeProblem.foreign) { try TapeReader(path: other) }
    let text = scene.folder.appendingPathComponent("text").path
    try Data("not a database at all, but long enough to be looked at as one".utf8).write(to: URL(fileURLWithPath: text))
    #expect(throws: TapeProblem.self) { try TapeReader(path: text) }
    let own = try DatabaseQueue(path: scene.path)
    try own.write { try $0.execute(sql: "UPDATE frames SET data = x'0500000001020304'") }
    let damaged = try moment(scene, 0)
    #expect(damaged.sources.isEmpty)
    #expect(damaged.gaps.first?.text.contains("damaged") == true)
    try own.writeWithoutTransaction { try $0.execute(sql: "PRAGMA user_version = 9") }
    #expect(throws: TapeProblem.tooNew(9)) { try TapeReader(path: scene.path) }
  }

  @Test("text on a foreign tape can not reach the terminal as it is")
  func hostile() throws {
    let scene = try TapeScene()
    try scene.writer.take(.source(SourceFacts(TapeScene.orders)), now: TapeScene.start)
    try scene.writer.take(.event(TapeEvent(at: TapeScene.start, .note, "harmless")), now: TapeScene.start)
    try scene.writer.flush(TapeScene.start, isLast: true)
    let own = try DatabaseQueue(path: scene.path)
    try own.write { try $0.execute(sql: "UPDATE events SET title = char(27) || '[2J', source = char(27)") }
    let event = try #require(try TapeReader(path: scene.path).events(from: 0, until: .greatestFiniteMagnitude).first)
    #expect(event.title == "\\x1b[2J")
    #expect(event.source == "\\x1b")
  }
}
