import Console
import Foundation
import GRDB
import OpsModel

/// The numbers of a stretch of time: as they were read where that is still there, else one for each half minute.
struct SampleLook {
  let database: Database
  let budget: ReadBudget
  private var points: [Int: [(time: Double, value: Float)]] = [:]

  init(_ database: Database, _ budget: ReadBudget) {
    self.database = database
    self.budget = budget
  }

  mutating func runs(from: Double, until: Double) throws -> [HistoryRun] {
    // Where the fine ones do not reach back so far, the coarse ones tell what was before.
    let begin = try begins(from, until) ?? until
    if begin > from + 60 { try add(isCoarse: true, from, begin) }
    try add(isCoarse: false, from, until)
    return try points.sorted { $0.key < $1.key }.compactMap { number, found in
      guard let name = try SeriesNumbers.name(database, number) else { return nil }
      var run = HistoryRun(id: name.id, measure: name.measure)
      run.points = found
      return run
    }
  }

  /// When the first of the fine ones begins.
  private func begins(_ from: Double, _ until: Double) throws -> Double? {
    try Row.fetchOne(
      database, sql: "SELECT begins FROM samples WHERE coarse = 0 AND ends >= ? AND begins <= ? ORDER BY ends LIMIT 1",
      arguments: [from, until]
    )?.checkedTime(0)
  }

  /// One block after the other, so that no more than one is in memory.
  private mutating func add(isCoarse: Bool, _ from: Double, _ until: Double) throws {
    let rows = try Row.fetchCursor(
      database, sql: "SELECT begins, data FROM samples WHERE coarse = ? AND ends >= ? AND begins <= ? ORDER BY ends",
      arguments: [isCoarse, from, until])
    while let row = try rows.next() {
      let begins = try row.checkedTime(0)
      try add(try Packed.unpack(row.checkedBytes(1), budget), begins, from...max(from, until))
    }
  }

  private mutating func add(_ block: [UInt8], _ begins: Double, _ wanted: ClosedRange<Double>) throws {
    // A point takes sixteen bytes here and eight there.
    try budget.take(2 * block.count)
    try SampleBlock.read(block) { number, count, at in
      var some = points[number] ?? []
      points[number] = nil
      for index in 0..<count {
        let point = at(index)
        let time = begins + Double(point.time)
        // What is no number, or of no time, was never measured.
        if point.value.isFinite, wanted.contains(time) { some.append((time, point.value)) }
      }
      points[number] = some
    }
  }
}
