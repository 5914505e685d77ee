import Console
import Foundation
import GRDB
import OpsModel

/// Which number stands for which remembered number of which thing. Workers and processes come and go by the thousand: what was not seen
/// for a while gets a new number when it comes again.
struct SeriesNumbers {
  struct Name: Hashable {
    let id: ResourceID
    let measure: History.Measure
  }

  /// Seconds that a number is remembered after it was seen last: longer than a look reaches back.
  static let memory = 7200.0
  /// Seconds between two notes of what is in use.
  private static let noteEvery = 3600.0

  private var numbers: [Name: (number: Int, seen: Double)] = [:]
  private var next = 1
  private var new: [(Int, Name)] = []
  private var notedAt: Double?

  init(_ database: Database, now: Double) throws {
    let rows = try Row.fetchCursor(
      database, sql: "SELECT source, kind, key, measure, number, seen FROM series WHERE seen > ?",
      arguments: [now - Self.memory - Self.noteEvery])
    while let row = try rows.next() {
      guard let name = try Self.name(row) else { continue }
      numbers[name] = (try row.checked(4), try row.checked(5))
    }
    next = (try Int.fetchOne(database, sql: "SELECT max(number) FROM series") ?? 0) + 1
  }

  /// Nil for a thing that this version does not know.
  private static func name(_ row: Row) throws -> Name? {
    guard let kind = ResourceID.Kind(rawValue: try row.checked(1)), let measure = History.Measure(word: try row.checked(3)) else {
      return nil
    }
    return Name(id: ResourceID(source: try row.checkedText(0), kind: kind, key: try row.checkedBytes(2)), measure: measure)
  }

  static func name(_ database: Database, _ number: Int) throws -> Name? {
    let known = try database.cachedStatement(sql: "SELECT source, kind, key, measure FROM series WHERE number = ?")
    return try Row.fetchOne(known, arguments: [number]).flatMap { try name($0) }
  }

  mutating func number(of sample: HistorySample) -> Int {
    let name = Name(id: sample.id, measure: sample.measure)
    if let place = numbers.index(forKey: name) {
      numbers.values[place].seen = sample.at.unix
      return numbers.values[place].number
    }
    numbers[name] = (next, sample.at.unix)
    new.append((next, name))
    next += 1
    return next - 1
  }

  mutating func takeNew() -> [(Int, Name)] {
    defer { new = [] }
    return new
  }

  static func write(_ names: [(Int, Name)], _ database: Database, now: Double) throws {
    // Thousands come with the first look at a large system: the statement is made once for all.
    let insert = try database.cachedStatement(sql: "INSERT OR REPLACE INTO series VALUES (?, ?, ?, ?, ?, ?)")
    for (number, name) in names {
      try insert.execute(
        arguments: [number, name.id.source.text, name.id.kind.rawValue, Data(name.id.key), name.measure.word, now])
    }
  }

  /// Forgets what is not seen any more, and writes down once an hour what is. Rows of which no sample can be left are let go.
  mutating func tidy(_ database: DatabaseQueue, now: Double, age: Double) throws {
    numbers = numbers.filter { now - $0.value.seen <= Self.memory }
    guard now - (notedAt ?? -.infinity) >= Self.noteEvery else { return }
    notedAt = now
    let used = numbers.values.map { $0 }
    try database.write { database in
      let note = try database.cachedStatement(sql: "UPDATE series SET seen = ? WHERE number = ?")
      for one in used { try note.execute(arguments: [one.seen, one.number]) }
      try database.execute(sql: "DELETE FROM series WHERE seen < ?", arguments: [now - age - Self.memory])
    }
  }
}
