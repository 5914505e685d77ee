public import Console
import Dispatch
import Foundation
import GRDB
import OpsModel

/// Reads a tape: what was at a moment, and what happened. Each call is one look at the file and ends by itself.
public struct TapeReader: Sendable {
  /// Seconds of numbers before a moment that sparklines show.
  public static let history = 1800.0

  /// Seconds that one look may take: a damaged file can send SQLite round and round.
  static let patience = 10.0

  private let database: DatabaseQueue

  /// - Throws: `TapeProblem`.
  public init(path: String) throws(TapeProblem) {
    do { database = try TapeFile.readable(path) } catch { throw TapeProblem(error) }
  }

  /// From the first to the last look; nil for an empty tape.
  public func span() throws(TapeProblem) -> ClosedRange<Double>? {
    try read { database in
      guard let row = try Row.fetchOne(database, sql: "SELECT min(at), max(at) FROM polls HAVING count(*) > 0") else { return nil }
      let (first, last) = (try row.checkedTime(0), try row.checkedTime(1))
      return first <= last ? first...last : nil
    }
  }

  /// What happened, the oldest first; the newest where there is more than `limit`.
  public func events(from: Double, until: Double, limit: Int = 5000) throws(TapeProblem) -> [TapeEvent] {
    try read { try Self.events($0, from: from, until: until, limit: limit) }
  }

  /// Whether any source was looked at in this time.
  public func hasLooks(from: Double, until: Double) throws(TapeProblem) -> Bool {
    try read { try Row.fetchOne($0, sql: "SELECT 1 FROM polls WHERE at >= ? AND at <= ? LIMIT 1", arguments: [from, until]) != nil }
  }

  /// Whose recordings are on it.
  public func ownership() throws(TapeProblem) -> TapeOwnership { try read { try TapeOwnership($0) } }

  /// Everything as it was.
  public func moment(_ at: Double) throws(TapeProblem) -> TapeMoment { try moment(at, ReadBudget()) }

  /// The same with another budget: a smaller one in tests.
  func moment(_ at: Double, _ budget: ReadBudget) throws(TapeProblem) -> TapeMoment {
    try read { database in
      // What is thinned is told by the age on the tape, not by that of now.
      let last = try Row.fetchOne(database, sql: "SELECT max(at) FROM polls HAVING count(*) > 0")?.checkedTime(0) ?? at
      let step = TapeSettings.step(age: last - at)
      let names = CodeNames(try String.fetchAll(database, sql: "SELECT name FROM names ORDER BY number"))
      let isAgeing = try TapeFile.version(database) >= 3
      var sources: [TapeMoment.Source] = []
      var gaps: [SafeText] = []
      // A part that can not be read leaves the rest as it is.
      func part<Value>(_ name: SafeText, _ body: () throws -> Value?) -> Value? {
        do { return try body() } catch {
          gaps.append("\(name): \(TapeProblem(error).sentence)")
          return nil
        }
      }
      for row in try Row.fetchAll(database, sql: "SELECT number, name, facts FROM sources ORDER BY number LIMIT 1000") {
        let name = try row.checkedText(1)
        let look = SourceLook(
          database: database, names: names, number: try row.checked(0), name: name, facts: try row.checkedBytes(2), budget: budget,
          isAgeing: isAgeing, step: step)
        if let source = part(name, { try look.source(at) }) { sources.append(source) }
      }
      var samples = SampleLook(database, budget)
      let runs = part("numbers") { try samples.runs(from: at - Self.history, until: at) }
      let verdict = part("alerts and suspects") { try Self.verdict(database, names, budget, at) }
      let events = part("events") { try Self.events(database, from: at - Self.history, until: at, limit: 500) }
      return TapeMoment(
        at: at, sources: sources, runs: runs ?? [], verdict: verdict ?? TapeTick.Verdict(alerts: [], suspects: []), events: events ?? [],
        gaps: gaps, owner: part("owner") { try TapeOwnership(database).owner(at: at) })
    }
  }

  /// The nearest event before or after a moment; nil where there is none.
  public func event(after at: Double) throws(TapeProblem) -> Double? {
    try read { try Row.fetchOne($0, sql: "SELECT at FROM events WHERE at > ? ORDER BY at LIMIT 1", arguments: [at + 0.5])?.checkedTime(0) }
  }

  public func event(before at: Double) throws(TapeProblem) -> Double? {
    try read {
      try Row.fetchOne($0, sql: "SELECT at FROM events WHERE at < ? ORDER BY at DESC LIMIT 1", arguments: [at - 0.5])?.checkedTime(0)
    }
  }

  private func read<Value>(_ body: (Database) throws -> Value) throws(TapeProblem) -> Value {
    let database = database
    let late = DispatchWorkItem { database.interrupt() }
    DispatchQueue.global(qos: .utility).asyncAfter(deadline: .now() + Self.patience, execute: late)
    defer { late.cancel() }
    do { return try database.read(body) } catch { throw TapeProblem(error) }
  }

  private static func verdict(_ database: Database, _ names: CodeNames, _ budget: ReadBudget, _ at: Double) throws -> TapeTick.Verdict? {
    let row = try Row.fetchOne(database, sql: "SELECT data FROM verdicts WHERE at <= ? ORDER BY at DESC LIMIT 1", arguments: [at])
    return try row.map {
      try TapeDecoder.decode(TapeTick.Verdict.self, from: Packed.unpack($0.checkedBytes(0), budget), names: names, budget: budget)
    }
  }

  private static let columns = "at, kind, source, severity, title, detail"

  private static func events(_ database: Database, from: Double, until: Double, limit: Int) throws -> [TapeEvent] {
    let rows = try Row.fetchAll(
      database, sql: "SELECT \(columns) FROM events WHERE at >= ? AND at <= ? ORDER BY at DESC, number DESC LIMIT ?",
      arguments: [from, until, limit])
    return try rows.reversed().compactMap { try event($0) }
  }

  /// Nil for a kind that this version does not know.
  private static func event(_ row: Row) throws -> TapeEvent? {
    guard let kind = TapeEvent.Kind(rawValue: try row.checked(1)) else { return nil }
    return TapeEvent(
      at: try row.checkedTime(0), kind, source: try row.checkedText(2), severity: Severity(rawValue: try row.checked(3)) ?? .unknown,
      try row.checkedText(4), detail: try row.checkedText(5))
  }
}
