import Console
import Foundation
import GRDB
import OpsModel

/// Rows that wait to be written.
struct TapeRows {
  var sources: [(number: Int, name: SafeText, facts: [UInt8])] = []
  var polls: [(source: Int, at: Double, failure: [UInt8]?)] = []
  var frames: [(source: Int, part: Int, at: Double, isKey: Bool, data: [UInt8])] = []
  var samples: [(isCoarse: Bool, begins: Double, ends: Double, data: [UInt8])] = []
  var verdicts: [(at: Double, data: [UInt8])] = []
  var events: [TapeEvent] = []

  func write(_ database: Database) throws {
    for row in sources {
      try database.execute(
        sql: "INSERT INTO sources VALUES (?, ?, ?) ON CONFLICT (number) DO UPDATE SET facts = excluded.facts",
        arguments: [row.number, row.name.text, Data(row.facts)])
    }
    let poll = try database.cachedStatement(sql: "INSERT OR REPLACE INTO polls VALUES (?, ?, ?)")
    for row in polls { try poll.execute(arguments: [row.source, row.at, row.failure.map { Data($0) }]) }
    let frame = try database.cachedStatement(sql: "INSERT OR REPLACE INTO frames VALUES (?, ?, ?, ?, ?)")
    for row in frames { try frame.execute(arguments: [row.source, row.part, row.at, row.isKey, Data(row.data)]) }
    for row in samples {
      try database.execute(
        sql: "INSERT INTO samples VALUES (?, ?, ?, ?)", arguments: [row.isCoarse, row.begins, row.ends, Data(row.data)])
    }
    for row in verdicts { try database.execute(sql: "INSERT OR REPLACE INTO verdicts VALUES (?, ?)", arguments: [row.at, Data(row.data)]) }
    for event in events {
      try database.execute(
        sql: "INSERT INTO events (at, kind, source, severity, title, detail) VALUES (?, ?, ?, ?, ?, ?)",
        arguments: [event.at, event.kind.rawValue, event.source.text, event.severity.rawValue, event.title.text, event.detail.text])
    }
  }
}
