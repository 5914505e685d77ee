import Console
import Foundation
import GRDB
import OpsModel

/// The numbers of a stretch of time: as they were read where that is still there, else one for each half minute.
enum SampleLook {
  static func runs(_ database: Database, from: Double, until: Double) throws -> [HistoryRun] {
    let fine = try blocks(database, isCoarse: false, from, until)
    // Where the fine ones do not reach back so far, the coarse ones tell what was before.
    let begin = fine.map(\.begins).min() ?? until
    let coarse = begin > from + 60 ? try blocks(database, isCoarse: true, from, begin) : []
    var points: [Int: [(time: Double, value: Float)]] = [:]
    for (blocks, limit) in [(coarse, begin), (fine, until)] {
      for block in blocks {
        try SampleBlock.read(block.bytes) { number, count, at in
          var some = points[number] ?? []
          points[number] = nil
          for index in 0..<count {
            let point = at(index)
            let time = block.begins + Double(point.time)
            if time >= from && time <= limit { some.append((time, point.value)) }
          }
          points[number] = some
        }
      }
    }
    return try Row.fetchAll(database, sql: "SELECT number, source, kind, key, measure FROM series").compactMap { row in
      guard let name = SeriesNumbers.name(row), let found = points[row["number"]] else { return nil }
      var run = HistoryRun(id: name.id, measure: name.measure)
      run.points = found
      return run
    }
  }

  private static func blocks(
    _ database: Database, isCoarse: Bool, _ from: Double, _ until: Double
  ) throws -> [(begins: Double, bytes: [UInt8])] {
    try Row.fetchAll(
      database, sql: "SELECT begins, data FROM samples WHERE coarse = ? AND ends >= ? AND begins <= ? ORDER BY begins",
      arguments: [isCoarse, from, until]
    ).map { row in
      let data: Data = row["data"]
      return (row["begins"], try Packed.unpack(Array(data)))
    }
  }
}
