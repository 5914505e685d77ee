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
        for (number, some) in block.block.series {
          let meant = some.lazy.map { (time: block.begins + Double($0.time), value: $0.value) }.filter {
            $0.time >= from && $0.time <= limit
          }
          points[number, default: []].append(contentsOf: meant)
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
  ) throws -> [(begins: Double, block: SampleBlock)] {
    try Row.fetchAll(
      database, sql: "SELECT begins, data FROM samples WHERE coarse = ? AND ends >= ? AND begins <= ? ORDER BY begins",
      arguments: [isCoarse, from, until]
    ).map { row in
      let data: Data = row["data"]
      return (row["begins"], try SampleBlock(bytes: Packed.unpack(Array(data))))
    }
  }
}
