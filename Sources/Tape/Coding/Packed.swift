import CZlib
import OpsModel

/// Bytes as they lie on a tape: the length, and a zlib stream.
enum Packed {
  /// One value of a tape, inflated: ten times what the largest systems make.
  static let limit = 32 * 1_048_576

  static func pack(_ bytes: [UInt8]) -> [UInt8] {
    let length = UInt32(clamping: bytes.count)
    let bound = ops_deflate_bound(bytes.count)
    let head = (0..<4).map { UInt8(truncatingIfNeeded: length >> UInt32(8 * $0)) }
    return head
      + [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
        count = max(0, bytes.withUnsafeBufferPointer { ops_deflate($0.baseAddress, bytes.count, buffer.baseAddress, bound) })
      }
  }

  static func unpack(_ packed: [UInt8], _ budget: ReadBudget) throws(TapeProblem) -> [UInt8] {
    guard packed.count > 4 else { throw .damaged("a value is cut off") }
    let length = packed.prefix(4).enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
    guard length <= limit else { throw .damaged("a value is too large") }
    try budget.take(length)
    var whole: Int32 = 0
    var written = -1
    let out = [UInt8](unsafeUninitializedCapacity: length + 1) { buffer, count in
      written = packed.withUnsafeBufferPointer { all in
        ops_inflate(all.baseAddress.map { $0 + 4 }, all.count - 4, buffer.baseAddress, length + 1, &whole)
      }
      count = max(0, min(written, length))
    }
    guard written == length, whole == 1 else { throw .damaged("a value is not what it was") }
    return out
  }
}
