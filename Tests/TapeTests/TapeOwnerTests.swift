import Foundation
import GRDB
import OpsModel
import Synchronization
import TestKit
import Testing

@testable import Console
@testable import Tape

/// A tape is the data of one environment, and says so itself.
@Suite("Whose tape it is")
struct TapeOwnerTests {
  private let staging = DataOwner(.staging)
  private let labelled = DataOwner(.production, label: "eu-1")

  private func recorded(_ scene: borrowing TapeScene) throws {
    try scene.writer.take(.source(SourceFacts(TapeScene.orders)), now: TapeScene.start)
    try scene.pass(0, TapeScene.observation(0, [TapeScene.queue("default", 1)]))
    try scene.writer.flush(TapeScene.start, isLast: true)
  }

  /// A tape as versions before format 4 wrote it, shared by the environments that are named.
  private func shared(_ scene: borrowing TapeScene, by environments: [(at: Double, name: String)]) throws {
    try recorded(scene)
    let queue = try DatabaseQueue(path: scene.path)
    try queue.write { database in
      try database.execute(sql: "DROP TABLE owner; PRAGMA user_version = 3; DELETE FROM events")
      for one in environments {
        try database.execute(
          sql: "INSERT INTO events (at, kind, source, severity, title, detail) VALUES (?, 'begun', '', 0, 'recording began', ?)",
          arguments: [TapeScene.start + one.at, "environment \(one.name)"])
      }
    }
  }

  @Test("a tape of another environment, or of another label, is neither recorded on nor added to")
  func others() throws {
    let scene = try TapeScene()
    try recorded(scene)
    for other in [staging, labelled] {
      #expect(throws: TapeProblem.another(TapeScene.owner)) {
        try TapeWriter(path: scene.path, settings: TapeSettings(), owner: other, now: TapeScene.start)
      }
      #expect(throws: TapeProblem.another(TapeScene.owner)) { try TapeFile.appending(scene.path, owner: other) }
    }
    #expect(try TapeReader(path: scene.path).moment(TapeScene.start).owner == TapeScene.owner)
    #expect(TapeProblem.another(labelled).sentence == "this tape is of PRODUCTION eu-1")
  }

  @Test("each moment of an older tape belongs to who recorded then")
  func older() throws {
    let scene = try TapeScene()
    try shared(scene, by: [(-10, "staging"), (100, "production")])
    let ownership = try TapeReader(path: scene.path).ownership()
    #expect(ownership.whole == nil)
    #expect(ownership.owner(at: TapeScene.start) == staging)
    #expect(ownership.owner(at: TapeScene.start + 200) == DataOwner(.production))
    #expect(ownership.owner(at: TapeScene.start - 20) == nil)
    #expect(try TapeReader(path: scene.path).moment(TapeScene.start + 1).owner == staging)
    #expect(ownership.others(than: DataOwner(.production)) == [staging])
  }

  @Test("an older tape of two environments is not recorded on; one of a single environment goes on as its own")
  func adopted() throws {
    let mixed = try TapeScene()
    try shared(mixed, by: [(-10, "staging"), (100, "production")])
    #expect(throws: TapeProblem.another(staging)) {
      try TapeWriter(path: mixed.path, settings: TapeSettings(), owner: TapeScene.owner, now: TapeScene.start)
    }
    let single = try TapeScene()
    try shared(single, by: [(-10, "production")])
    _ = try TapeWriter(path: single.path, settings: TapeSettings(), owner: labelled, now: TapeScene.start + 10)
    #expect(try TapeReader(path: single.path).ownership().whole == labelled)
  }

  /// What a recorder told, in order.
  private final class Told: Sendable {
    private let list = Mutex<[RecordingState]>([])

    var all: [RecordingState] { list.withLock { $0 } }
    func add(_ state: RecordingState) { list.withLock { $0.append(state) } }

    func until(_ state: RecordingState) async -> Bool {
      for _ in 0..<2000 {
        if all.last == state { return true }
        try? await Task.sleep(for: .milliseconds(10))
      }
      return false
    }
  }

  private func recorder(_ path: String, _ owner: DataOwner, _ told: Told, retryEvery: Double = 0.05) -> TapeRecorder {
    let recorder = TapeRecorder(clock: SystemClock(), retryEvery: retryEvery, healEvery: retryEvery) {
      told.add($0)
    } say: { _ in
    }
    recorder.open(path, settings: TapeSettings(), owner: owner)
    return recorder
  }

  @Test("the second recorder names the process that records, and records as soon as that ends")
  func second() async throws {
    let folder = TestFolder()
    let (path, first, second) = (folder.file("sqlite"), Told(), Told())
    let one = recorder(path, staging, first)
    #expect(await first.until(.here))
    let two = recorder(path, staging, second)
    #expect(await second.until(.elsewhere(pid: Int(getpid()))))
    one.close(within: 5)
    #expect(await second.until(.here))
    two.close(within: 5)
    #expect(try TapeReader(path: path).ownership().whole == staging)
  }

  @Test("what cannot be written is told as long as it lasts, and recorded again when it can")
  func healed() async throws {
    let folder = TestFolder()
    let inner = folder.path + "/later"
    let told = Told()
    let one = recorder(inner + "/it.sqlite", staging, told)
    #expect(await told.until(.failed("no such file or directory")))
    try FileManager.default.createDirectory(atPath: inner, withIntermediateDirectories: false)
    #expect(await told.until(.here))
    one.close(within: 5)
    #expect(told.all.count == 2, "the same is not told twice: \(told.all)")
  }

  @Test("a tape of another environment is told by its name")
  func refused() async throws {
    let folder = TestFolder()
    let (path, first, second) = (folder.file("sqlite"), Told(), Told())
    recorder(path, staging, first).close(within: 5)
    let other = recorder(path, labelled, second)
    #expect(await second.until(.failed("this tape is of STAGING")))
    other.close(within: 5)
  }
}
