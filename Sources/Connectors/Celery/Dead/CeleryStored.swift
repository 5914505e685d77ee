import OpsModel

/// A stored value: its size, and its bytes where they were fetched.
struct CeleryStored: Sendable {
  /// Bytes that are fetched for a list.
  static let limit = 262_144

  let size: Int
  /// Nil where it is gone, or too large to be fetched.
  let bytes: [UInt8]?

  /// Sizes first; what is too large is not fetched.
  static func read(_ keys: [[UInt8]], _ client: RedisClient) async throws(Failure) -> [CeleryStored] {
    let sizes = try await client.run(keys.map { RedisCommand(.strlen, $0) })
    let values = try await client.run(
      zip(keys, sizes).map { key, size in
        RedisCommand(.getRange, key, Array("0".utf8), Array((size.integer ?? 0) <= limit ? "-1".utf8 : "0".utf8))
      })
    return zip(sizes, values).map { size, value in
      let length = size.integer ?? 0
      return CeleryStored(size: length, bytes: length > 0 && length <= limit ? value.bytes : nil)
    }
  }
}
