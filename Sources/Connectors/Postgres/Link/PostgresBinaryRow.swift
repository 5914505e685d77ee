import CLibPQ

/// One row in the protocol's binary form. Valid while its result is.
struct PostgresBinaryRow {
  let result: OpaquePointer
  let row: Int32

  private func bytes(_ column: Int32, _ count: Int) -> UnsafeRawPointer? {
    guard PQgetisnull(result, row, column) == 0, Int(PQgetlength(result, row, column)) == count else { return nil }
    return PQgetvalue(result, row, column).map { UnsafeRawPointer($0) }
  }

  /// A `float8`.
  func double(_ column: Int32) -> Double? {
    bytes(column, 8).map { Double(bitPattern: UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self))) }
  }

  /// A `bigint`.
  func int64(_ column: Int32) -> Int64? { bytes(column, 8).map { Int64(bigEndian: $0.loadUnaligned(as: Int64.self)) } }

  /// An `oid`.
  func oid(_ column: Int32) -> UInt32? { bytes(column, 4).map { UInt32(bigEndian: $0.loadUnaligned(as: UInt32.self)) } }

  func bool(_ column: Int32) -> Bool? { bytes(column, 1).map { $0.load(as: UInt8.self) != 0 } }
}
