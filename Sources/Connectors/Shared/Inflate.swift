import CZlib

/// zlib and gzip with a limit on what comes out: a few bytes can stand for gigabytes.
enum Inflate {
  /// Nil for data of another kind. What goes beyond `limit` bytes is left out.
  static func bounded(_ data: [UInt8], limit: Int) -> [UInt8]? {
    guard data.count > 2 else { return nil }
    var out = [UInt8](repeating: 0, count: min(limit, max(1024, data.count * 200)))
    var isWhole: Int32 = 0
    let written = data.withUnsafeBufferPointer { input in
      out.withUnsafeMutableBufferPointer { output in
        ops_inflate(input.baseAddress, input.count, output.baseAddress, output.count, &isWhole)
      }
    }
    guard written >= 0 else { return nil }
    return Array(out.prefix(written))
  }
}
