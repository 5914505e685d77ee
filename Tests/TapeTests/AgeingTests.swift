import Console
import GRDB
import OpsModel
import Testing

@testable import Tape

@Suite("A tape: what only grows older is not written again")
struct AgeingTests {
  private func worker(_ onTask: Double?, beat: Double, active: Int = 1) -> WorkerState {
    var out = WorkerState(id: ResourceID(source: "orders", kind: .worker, key: "w"), name: "w", activity: .busy, queues: ["default"])
    out.active = active
    out.onTask = onTask
    out.heartbeatAge = beat
    return out
  }

  /// What a poll sees so many seconds after the first: a queue whose oldest task waits, and a worker at a task.
  private func pass(_ scene: borrowing TapeScene, _ seconds: Double, _ queue: OldestAge, _ worker: WorkerState) throws {
    var observation = TapeScene.observation(seconds, [TapeScene.queue("default", 3, oldest: queue)])
    observation.facets.insert(.workers)
    observation.workers = [worker]
    try scene.pass(seconds, observation)
  }

  private func frames(_ scene: borrowing TapeScene, _ part: TapePart) throws -> Int {
    let queue = try DatabaseQueue(path: scene.path)
    return try queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM frames WHERE part = ?", arguments: [part.rawValue]) ?? 0 }
  }

  private func recorded() throws -> TapeScene {
    let scene = try TapeScene()
    try scene.writer.take(.source(SourceFacts(TapeScene.orders)), now: TapeScene.start)
    try pass(scene, 0, .exact(10), worker(5, beat: 1))
    try pass(scene, 2, .exact(12.1), worker(6.9, beat: 3))
    try pass(scene, 4, .exact(14), worker(9, beat: 5))
    // A beat came, and another task is the oldest one.
    try pass(scene, 6, .exact(1), worker(11, beat: 0.5))
    try pass(scene, 8, .exact(3), worker(13, beat: 2.5))
    try scene.writer.flush(TapeScene.start + 8, isLast: true)
    return scene
  }

  @Test("only looks in which something else changed are written, and ages go on between them")
  func ages() throws {
    let scene = try recorded()
    #expect(try frames(scene, .queues) == 2)
    #expect(try frames(scene, .workers) == 2)
    for (seconds, oldest, onTask, beat) in [(0.0, 10.0, 5.0, 1.0), (2, 12, 7, 3), (4, 14, 9, 5), (6, 1, 11, 0.5), (8, 3, 13, 2.5)] {
      let moment = try TapeReader(path: scene.path).moment(TapeScene.start + seconds + 0.5)
      let observed = try #require(moment.sources.first?.reading.value)
      #expect(abs(try #require(observed.queues.first?.oldest.seconds) - oldest) < 0.01, "after \(seconds) s")
      #expect(abs(try #require(observed.workers.first?.onTask) - onTask) < 0.01, "after \(seconds) s")
      #expect(abs(try #require(observed.workers.first?.heartbeatAge) - beat) < 0.01, "after \(seconds) s")
    }
  }

  @Test("an age that stands still, jumps or becomes unknown is a change", arguments: [5.0, 7.3, 6.7, nil])
  func changes(_ onTask: Double?) throws {
    let scene = try TapeScene()
    try scene.writer.take(.source(SourceFacts(TapeScene.orders)), now: TapeScene.start)
    try pass(scene, 0, .none, worker(5, beat: 1))
    try pass(scene, 2, .none, worker(onTask, beat: 3))
    try scene.writer.flush(TapeScene.start + 2, isLast: true)
    #expect(try frames(scene, .workers) == 2)
    let moment = try TapeReader(path: scene.path).moment(TapeScene.start + 2)
    #expect(moment.sources.first?.reading.value?.workers.first?.onTask == onTask)
  }

  @Test("differences from the clock of a server do not add up")
  func drift() throws {
    let scene = try TapeScene()
    try scene.writer.take(.source(SourceFacts(TapeScene.orders)), now: TapeScene.start)
    for step in 0..<20 {
      // The other clock is a tenth slower.
      try pass(scene, Double(step) * 2, .none, worker(5 + Double(step) * 1.9, beat: 1 + Double(step) * 1.9))
    }
    try scene.writer.flush(TapeScene.start + 38, isLast: true)
    for step in 0..<20 {
      let moment = try TapeReader(path: scene.path).moment(TapeScene.start + Double(step) * 2)
      let told = try #require(moment.sources.first?.reading.value?.workers.first?.onTask)
      #expect(abs(told - (5 + Double(step) * 1.9)) <= 0.21)
    }
  }

  @Test("rows of a tape of format 2 are as they were written, and recording goes on as the newest format")
  func older() throws {
    let scene = try recorded()
    let queue = try DatabaseQueue(path: scene.path)
    try queue.writeWithoutTransaction { try $0.execute(sql: "DROP TABLE owner; PRAGMA user_version = 2") }
    let moment = try TapeReader(path: scene.path).moment(TapeScene.start + 4)
    #expect(moment.sources.first?.reading.value?.workers.first?.onTask == 5)
    _ = try TapeWriter(path: scene.path, settings: TapeSettings(), owner: TapeScene.owner, now: TapeScene.start + 10)
    #expect(try queue.read { try TapeFile.version($0) } == TapeFile.format)
  }

  @Test("sessions have three ages; what changes beside them is written")
  func sessions() {
    var before = SessionState(id: ResourceID(source: "db", kind: .session, key: "1"), pid: 1)
    before.transactionAge = 10
    before.queryAge = 5
    before.stateAge = 5
    var now = before.aged(by: 2)
    #expect([now.transactionAge, now.queryAge, now.stateAge] == [12, 7, 7])
    #expect(now.isSame(as: before, aged: 2))
    now.state = "active"
    #expect(!now.isSame(as: before, aged: 2))
  }
}
