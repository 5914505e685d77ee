public import Console
import Foundation
import GRDB
import OpsModel

/// Reads a tape: what was at a moment, and what happened. Each call is one look at the file and ends by itself.
public struct TapeReader: Sendable {
  /// Seconds of numbers before a moment that sparklines show.
  public static let history = 1800.0

  private let database: DatabaseQueue

  /// - Throws: `TapeProblem`.
  public init(path: String) throws(TapeProblem) {
    do { database = try TapeFile.readable(path) } catch { throw TapeProblem(error) }
  }

  /// From the first to the last look; nil for an empty tape.
  public func span() throws(TapeProblem) -> ClosedRange<Double>? {
    try read { database in
      let row = try Row.fetchOne(database, sql: "SELECT min(at), max(at) FROM polls")
      guard let first: Double = row?[0], let last: Double = row?[1], first <= last else { return nil }
      return first...last
    }
  }

  /// What happened, the oldest first; the newest where there is more than `limit`.
  public func events(from: Double, until: Double, limit: Int = 5000) throws(TapeProblem) -> [TapeEvent] {
    try read { try Self.events($0, from: from, until: until, limit: limit) }
  }

  /// Everything as it was.
  public func moment(_ at: Double) throws(TapeProblem) -> TapeMoment {
    try read { database in
      let names = CodeNames(try String.fetchAll(database, sql: "SELECT name FROM names ORDER BY number"))
      var sources: [TapeMoment.Source] = []
      var gaps: [SafeText] = []
      for row in try Row.fetchAll(database, sql: "SELECT number, name, facts FROM sources ORDER BY number") {
        let look = SourceLook(
          database: database, names: names, number: row["number"], name: SafeText(escaping: row["name"]), facts: row["facts"])
        // A part that can not be read leaves the rest as it is.
        do { if let source = try look.source(at) { sources.append(source) } } catch {
          gaps.append("\(look.name): \(TapeProblem(error).sentence)")
        }
      }
      let verdict = try Self.verdict(database, names, at)
      return TapeMoment(
        at: at, sources: sources, runs: try SampleLook.runs(database, from: at - Self.history, until: at), verdict: verdict,
        events: try Self.events(database, from: at - Self.history, until: at, limit: 500), gaps: gaps)
    }
  }

  /// The nearest event before or after a moment; nil where there is none.
  public func event(after at: Double) throws(TapeProblem) -> Double? {
    try read { try Double.fetchOne($0, sql: "SELECT min(at) FROM events WHERE at > ?", arguments: [at + 0.5]) }
  }

  public func event(before at: Double) throws(TapeProblem) -> Double? {
    try read { try Double.fetchOne($0, sql: "SELECT max(at) FROM events WHERE at < ?", arguments: [at - 0.5]) }
  }

  private func read<Value>(_ body: (Database) throws -> Value) throws(TapeProblem) -> Value {
    do { return try database.read(body) } catch { throw TapeProblem(error) }
  }

  private static func verdict(_ database: Database, _ names: CodeNames, _ at: Double) throws -> TapeTick.Verdict {
    let data = try Data.fetchOne(database, sql: "SELECT data FROM verdicts WHERE at <= ? ORDER BY at DESC LIMIT 1", arguments: [at])
    guard let data else { return TapeTick.Verdict(alerts: [], suspects: []) }
    return try TapeDecoder.decode(TapeTick.Verdict.self, from: Packed.unpack(Array(data)), names: names)
  }

  private static func events(_ database: Database, from: Double, until: Double, limit: Int) throws -> [TapeEvent] {
    let rows = try Row.fetchAll(
      database,
      sql: "SELECT at, kind, source, severity, title, detail FROM events WHERE at >= ? AND at <= ? ORDER BY at DESC, number DESC LIMIT ?",
      arguments: [from, until, limit])
    return rows.reversed().compactMap { row in
      guard let kind = TapeEvent.Kind(rawValue: row["kind"]) else { return nil }
      let source: String = row["source"]
      let title: String = row["title"]
      let detail: String = row["detail"]
      return TapeEvent(
        at: row["at"], kind, source: SafeText(escaping: source), severity: Severity(rawValue: row["severity"]) ?? .unknown,
        SafeText(escaping: title), detail: SafeText(escaping: detail))
    }
  }
}
