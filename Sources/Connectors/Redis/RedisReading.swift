import OpsModel

/// Bounded reading of sets, for membership lists that must stay small.
enum RedisReading {
  /// Members that are taken of one set at most.
  static let memberLimit = 20_000

  /// Members of a set by `SSCAN`; `isWhole` is false where the set is larger than we take.
  static func members(of key: [UInt8], _ client: RedisClient) async throws(Failure) -> (members: [[UInt8]], isWhole: Bool) {
    var seen: Set<[UInt8]> = []
    var order: [[UInt8]] = []
    var cursor = Array("0".utf8)
    repeat {
      let reply = try await client.run([RedisCommand(.sscan, key, cursor, Array("COUNT".utf8), Array("1000".utf8))])
      if case .error(let message) = reply[0] { throw RedisFailure.of(message, doing: "SSCAN \(SafeText(bytes: key, limit: 80))") }
      guard let parts = reply[0].array, parts.count == 2, let next = parts[0].bytes else {
        throw .garbage("an SSCAN reply of another shape")
      }
      for member in parts[1].array ?? [] {
        if let bytes = member.bytes, seen.insert(bytes).inserted { order.append(bytes) }
      }
      cursor = next
      if order.count >= memberLimit { return (Array(order.prefix(memberLimit)), false) }
    } while cursor != Array("0".utf8)
    return (order, true)
  }

  /// Unix time of a `TIME` reply.
  static func time(_ reply: RedisValue) -> Double? {
    guard let parts = reply.array, parts.count == 2, let seconds = parts[0].number, let micros = parts[1].number else { return nil }
    return seconds + micros / 1e6
  }
}
