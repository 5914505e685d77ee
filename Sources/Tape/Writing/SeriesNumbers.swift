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

  private struct Entry {
    let name: Name
    let number: Int
    /// Seconds since 1970.
    var seen: Double
  }

  private var entries: [Entry] = []
  private var byName: [Name: Int] = [:]
  /// Entries by `HistorySample.series`, which is found faster than a name. `isEntry` checks each hit: another memory counts from 1 too.
  private var bySeries: [Int: Int] = [:]
  private var next = 1
  private var new: [(Int, Name)] = []
  private var notedAt: Double?

  init(_ database: Database, now: Double) throws {
    let rows = try Row.fetchCursor(
      database, sql: "SELECT source, kind, key, measure, number, seen FROM series WHERE seen > ?",
      arguments: [now - Self.memory - Self.noteEvery])
    while let row = try rows.next() {
      guard let name = try Self.name(row) else { continue }
      add(Entry(name: name, number: try row.checked(4), seen: try row.checked(5)))
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
    if let series = sample.series, let known = bySeries[series], isEntry(known, of: sample) {
      entries[known].seen = sample.at.unix
      return entries[known].number
    }
    let name = Name(id: sample.id, measure: sample.measure)
    let known = byName[name] ?? begin(name)
    entries[known].seen = sample.at.unix
    if let series = sample.series { bySeries[series] = known }
    return entries[known].number
  }

  private func isEntry(_ known: Int, of sample: HistorySample) -> Bool {
    entries[known].name.id == sample.id && entries[known].name.measure == sample.measure
  }

  private mutating func begin(_ name: Name) -> Int {
    new.append((next, name))
    add(Entry(name: name, number: next, seen: 0))
    next += 1
    return entries.count - 1
  }

  private mutating func add(_ entry: Entry) {
    byName[entry.name] = entries.count
    entries.append(entry)
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
    let used = entries.filter { now - $0.seen <= Self.memory }
    if used.count < entries.count {
      entries = used
      byName = Dictionary(entries.indices.map { (entries[$0].name, $0) }, uniquingKeysWith: { first, _ in first })
    }
    // Otherwise series that are gone would stay for ever.
    bySeries = [:]
    guard now - (notedAt ?? -.infinity) >= Self.noteEvery else { return }
    notedAt = now
    try database.write { database in
      let note = try database.cachedStatement(sql: "UPDATE series SET seen = ? WHERE number = ?")
      for one in used { try note.execute(arguments: [one.seen, one.number]) }
      try database.execute(sql: "DELETE FROM series WHERE seen < ?", arguments: [now - age - Self.memory])
    }
  }
}
