import Console
import Foundation
import GRDB
import OpsModel

/// Which number stands for which remembered number of which thing.
struct SeriesNumbers {
  struct Name: Hashable {
    let id: ResourceID
    let measure: History.Measure
  }

  private var numbers: [Name: Int] = [:]
  private var next = 1
  private var new: [(Int, Name)] = []

  init(_ database: Database) throws {
    for row in try Row.fetchAll(database, sql: "SELECT number, source, kind, key, measure FROM series") {
      guard let name = Self.name(row) else { continue }
      numbers[name] = row["number"]
    }
    next = (try Int.fetchOne(database, sql: "SELECT max(number) FROM series") ?? 0) + 1
  }

  static func name(_ row: Row) -> Name? {
    let key: Data = row["key"]
    guard let kind = ResourceID.Kind(rawValue: row["kind"]), let measure = History.Measure(word: row["measure"]) else { return nil }
    return Name(id: ResourceID(source: SafeText(escaping: row["source"]), kind: kind, key: Array(key)), measure: measure)
  }

  mutating func number(of sample: HistorySample) -> Int {
    let name = Name(id: sample.id, measure: sample.measure)
    if let known = numbers[name] { return known }
    numbers[name] = next
    new.append((next, name))
    next += 1
    return next - 1
  }

  mutating func takeNew() -> [(Int, Name)] {
    defer { new = [] }
    return new
  }

  static func write(_ names: [(Int, Name)], _ database: Database) throws {
    for (number, name) in names {
      try database.execute(
        sql: "INSERT OR REPLACE INTO series VALUES (?, ?, ?, ?, ?)",
        arguments: [number, name.id.source.text, name.id.kind.rawValue, Data(name.id.key), name.measure.word])
    }
  }
}
