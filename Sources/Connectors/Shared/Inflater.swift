import CZlib

/// Inflates many small pieces, one after the other, into one buffer; none grows beyond a limit, whatever it claims to hold.
struct Inflater {
  /// Bytes of one piece.
  let limit: Int
  private var buffer: [UInt8]

  init(limit: Int) {
    self.limit = limit
    buffer = [UInt8](repeating: 0, count: 8_192)
  }

  /// Nil for data that is no zlib or gzip stream. `isWhole` is false where more would have come: a limit, or a piece that inflates by
  /// more than two hundred to one.
  mutating func inflate(_ data: [UInt8]) -> (bytes: [UInt8], isWhole: Bool)? {
    guard data.count > 2 else { return nil }
    let most = min(limit, max(4_096, data.count * 200))
    while true {
      var isWhole: Int32 = 0
      let room = min(buffer.count, most)
      let written = data.withUnsafeBufferPointer { input in
        buffer.withUnsafeMutableBufferPointer { ops_inflate(input.baseAddress, input.count, $0.baseAddress, room, &isWhole) }
      }
      guard written >= 0 else { return nil }
      if isWhole != 0 || room == most || written < room { return (Array(buffer[..<written]), isWhole != 0) }
      buffer = [UInt8](repeating: 0, count: min(most, buffer.count * 8))
    }
  }
}
