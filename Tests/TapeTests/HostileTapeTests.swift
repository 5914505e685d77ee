import Canvas
import Foundation
import GRDB
import OpsModel
import Panels
import TestKit
import Testing

@testable import Console
@testable import Tape

/// A clock that stands still.
private struct StillClock: OpsClock {
  func now() -> Moment { TapeScene.moment(100) }
}

/// Tapes that somebody made to harm: each is an error with a sentence, or screens; never a crash, a hang or a flood of memory.
@MainActor
@Suite("Tapes from elsewhere")
struct HostileTapeTests {
  private func record(_ scene: borrowing TapeScene) throws {
    try scene.writer.take(.source(SourceFacts(TapeScene.orders)), now: TapeScene.start)
    for step in 0..<40 {
      let seconds = Double(step * 2)
      var observation = FullObservation.make(TapeScene.moment(seconds))
      observation.facets.formUnion([.queues, .workers, .sessions, .locks, .runtimes, .alerts])
      try scene.pass(seconds, observation)
    }
    try scene.writer.take(.event(TapeEvent(at: TapeScene.start + 60, .note, "a note")), now: TapeScene.start + 60)
    try scene.writer.flush(TapeScene.start + 80, isLast: true)
  }

  /// Reads the tape as `replay` does and draws every panel of it.
  /// - Returns: what went wrong in reading; nil where there were screens.
  private func show(_ path: String) throws -> TapeProblem? {
    let moment: TapeMoment
    do throws(TapeProblem) {
      let reader = try TapeReader(path: path)
      let span = try reader.span()
      _ = try reader.ownership()
      _ = try reader.event(before: TapeScene.start + 500)
      moment = try reader.moment(min(span?.upperBound ?? 0, TapeScene.start + 100))
    } catch {
      return error
    }
    let app = try #require(
      ConsoleApp(
        catalogue: PanelCatalogue.all, keymap: .standard, identity: Identity(environment: .production, user: "oncall", host: "bastion"),
        theme: .standard, clock: StillClock(), isReplay: true))
    _ = app.begin(.to(moment.at))
    _ = app.handle(.rewound(TapeAnswer(.to(moment.at), .success(moment))))
    for key in ["1", "\t", "2", "4", "5", "\t", "\t", "\t", "6", "8", "9", "3"] {
      _ = app.handle(.input(.key(key == "\t" ? Key("Tab") : Key(key))))
      for size in [Size(columns: 110, rows: 30), Size(columns: 40, rows: 12)] { _ = app.frame(size: size, look: .colours256) }
    }
    return nil
  }

  nonisolated private static let statements = [
    "UPDATE OR REPLACE polls SET at = 1e300", "UPDATE OR REPLACE polls SET at = -1", "UPDATE OR REPLACE polls SET at = 9e999",
    "UPDATE OR REPLACE polls SET at = x'00' WHERE at = (SELECT max(at) FROM polls)",
    "UPDATE OR REPLACE polls SET failure = 'text'", "UPDATE OR REPLACE polls SET failure = x'0809'",
    "UPDATE OR REPLACE frames SET at = x'01'", "UPDATE OR REPLACE frames SET data = 17", "UPDATE OR REPLACE frames SET data = ''",
    "UPDATE OR REPLACE events SET kind = x'00ff'", "UPDATE OR REPLACE events SET severity = 'high'",
    "UPDATE OR REPLACE events SET at = 'now'", "UPDATE OR REPLACE events SET at = 1e18",
    "UPDATE OR REPLACE samples SET data = 'x'", "UPDATE OR REPLACE samples SET begins = x'00'",
    "UPDATE OR REPLACE samples SET begins = -1e300", "UPDATE series SET key = 3",
    "UPDATE series SET measure = NULL WHERE 0", "UPDATE series SET kind = x'00'", "UPDATE sources SET name = x'ff'",
    "UPDATE sources SET facts = 'none'",
    "UPDATE sources SET facts = x''", "UPDATE names SET name = x'00'", "DELETE FROM names", "DELETE FROM sources", "DELETE FROM polls",
    "DELETE FROM frames",
    "UPDATE OR REPLACE verdicts SET data = x'ff'", "UPDATE OR REPLACE verdicts SET at = 'x'",
    "DROP TABLE events; CREATE VIEW events AS WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r) SELECT x AS number, 0.0 AS at, 'a' AS kind, '' AS source, 0 AS severity, '' AS title, '' AS detail FROM r",
    "CREATE TRIGGER evil AFTER INSERT ON events BEGIN DELETE FROM events; END", "CREATE TABLE more (x)", "DROP TABLE samples",
    "DELETE FROM owner", "UPDATE owner SET environment = 'the moon'", "UPDATE owner SET environment = x'ff'",
    "UPDATE owner SET label = x'ff'",
    "INSERT INTO owner VALUES ('staging', '')",
  ]

  @Test("whatever stands in the tables", arguments: statements)
  func tables(_ statement: String) throws {
    let scene = try TapeScene()
    try record(scene)
    let own = try DatabaseQueue(path: scene.path)
    try own.write { try $0.execute(sql: statement) }
    let problem = try show(scene.path)
    if statement.contains("CREATE") || statement.hasPrefix("DROP") { #expect(problem == .foreign) }
  }

  @Test("numbers that are none, endless or enormous")
  func samples() throws {
    let scene = try TapeScene()
    try record(scene)
    var block = SampleBlock()
    for (time, value) in [(0.0, Double.infinity), (1, 1e30), (2, -.infinity), (3, .nan), (.infinity, 1), (4, -1e30)] {
      for number in 1...12 { block.add(number, time: time, value: value) }
    }
    let bytes = block.bytes
    let own = try DatabaseQueue(path: scene.path)
    try own.write { try $0.execute(sql: "UPDATE OR REPLACE samples SET data = ?", arguments: [Data(Packed.pack(bytes))]) }
    #expect(try show(scene.path) == nil)
  }

  @Test("a few kilobytes that stand for gigabytes end as a gap, not as memory", .timeLimit(.minutes(2)))
  func bomb() throws {
    let scene = try TapeScene()
    try record(scene)
    // Outside of a soak a tenth of the budget that each look gets by itself, and blocks of a tenth.
    try ReadBudget().take(ReadBudget.limit)
    #expect(throws: TapeProblem.self) { try ReadBudget().take(ReadBudget.limit + 1) }
    let budget = Amount.isSoak ? nil : ReadBudget(Amount.of(ReadBudget.limit))
    let zeros = Data(Packed.pack([UInt8](repeating: 0, count: Amount.of(Packed.limit))))
    let own = try DatabaseQueue(path: scene.path)
    try own.write { database in
      for index in 0..<100 {
        try database.execute(
          sql: "INSERT INTO samples VALUES (0, ?, ?, ?)", arguments: [TapeScene.start, TapeScene.start + 60 + Double(index) / 100, zeros])
      }
    }
    Memory.forgetPeak()
    let before = Memory.resident
    let reader = try TapeReader(path: scene.path)
    let moment = try budget.map { try reader.moment(TapeScene.start + 70, $0) } ?? reader.moment(TapeScene.start + 70)
    // Whichever bound comes first on this machine: that of memory, or the ten seconds that one look has.
    #expect(!moment.gaps.isEmpty)
    #expect(moment.sources.count == 1, "the rest is there")
    #expect(Memory.peak - before < Amount.of(ReadBudget.limit), "eight times as much is promised")
  }

  @Test("frames with bytes changed at random, again and again")
  func frames() throws {
    let scene = try TapeScene()
    try record(scene)
    let own = try DatabaseQueue(path: scene.path)
    let rows = try own.read { try Row.fetchAll($0, sql: "SELECT part, at, data FROM frames WHERE length(data) > 4") }
    var random = Seeded("hostile frames")
    var screens = 0
    let rounds = Amount.of(200)
    for _ in 0..<rounds {
      try own.write { database in
        for row in rows {
          let whole: Data = row["data"]
          var bytes = try Packed.unpack(Array(whole), ReadBudget())
          for _ in 0..<Int.random(in: 1...3, using: &random) {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            bytes[place] = [0x7F, 0xFF, 0x80, 0, 3, 4, UInt8.random(in: 0...255, using: &random)].randomElement(using: &random) ?? 0
          }
          try database.execute(
            sql: "UPDATE OR REPLACE frames SET data = ? WHERE part = ? AND at = ?",
            arguments: [Data(Packed.pack(bytes)), row["part"] as Int, row["at"] as Double])
        }
      }
      if try show(scene.path) == nil { screens += 1 }
    }
    #expect(screens == rounds, "one bad part leaves the others")
  }
}
