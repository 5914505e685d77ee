import Foundation
import GRDB
import OpsModel

/// Columns of a row, whatever stands in them: the types that a table names bind nobody who writes a file by hand.
extension Row {
  /// - Throws: what GRDB says of a column that holds something else.
  func checked<Value: DatabaseValueConvertible>(_ index: Int, _ type: Value.Type = Value.self) throws -> Value {
    try decode(type, atIndex: index)
  }

  func checkedText(_ index: Int) throws -> SafeText { SafeText(escaping: try decode(String.self, atIndex: index)) }

  func checkedBytes(_ index: Int) throws -> [UInt8] { Array(try decode(Data.self, atIndex: index)) }

  /// Seconds since 1970, before the year 2096.
  /// - Throws: `TapeProblem.damaged` for what is no such time.
  func checkedTime(_ index: Int) throws -> Double {
    let time = try decode(Double.self, atIndex: index)
    guard TapeFile.times.contains(time) else { throw TapeProblem.damaged("a time is none") }
    return time
  }
}
