import OpsModel

/// A message that was handed to a worker and not acknowledged: `[message, exchange, routing key]` in the hash `unacked`.
struct CeleryUnacked: Sendable {
  let tag: [UInt8]
  /// Unix time of the hand-out.
  let since: Double
  let size: Int
  /// The stored bytes; nil where they are gone or too large to be fetched.
  let bytes: [UInt8]?
  let message: [UInt8]?
  let route: CeleryRoute?

  /// Bytes of an entry that are fetched.
  static let limit = 1_048_576

  init(tag: [UInt8], since: Double, size: Int, bytes: [UInt8]?) {
    self.tag = tag
    self.since = since
    self.size = size
    self.bytes = bytes
    guard let bytes, let parts = JSONScan.array(bytes), parts.count == 3 else {
      message = nil
      route = nil
      return
    }
    message = Array(parts[0])
    route = JSONScan.string(parts[2]).map { CeleryRoute(exchange: JSONScan.string(parts[1]) ?? [], routingKey: $0) }
  }

  /// The task's id, by which workers know it.
  var taskID: [UInt8]? {
    guard let message, let envelope = JSONScan.object(message) else { return nil }
    let headers = envelope["headers"].flatMap { JSONScan.object($0) } ?? [:]
    let properties = envelope["properties"].flatMap { JSONScan.object($0) } ?? [:]
    return JSONScan.string(headers["id"]) ?? JSONScan.string(properties["correlation_id"])
  }

  var priority: Double {
    guard let message, let properties = JSONScan.object(message)?["properties"].flatMap({ JSONScan.object($0) }) else { return 0 }
    return min(max(JSONScan.number(properties["priority"]) ?? 0, 0), 9)
  }

  /// The longest unacknowledged ones.
  static func oldest(_ limit: Int, _ client: RedisClient, _ keys: CeleryKeys) async throws(Failure) -> [CeleryUnacked] {
    let reply = try await client.run([
      RedisCommand(.zrange, keys.unackedIndex, Array("0".utf8), Array(String(max(0, limit - 1)).utf8), Array("WITHSCORES".utf8))
    ])
    if case .error(let message) = reply[0] { throw RedisFailure.of(message, doing: "reading unacknowledged messages") }
    let entries = SortedSetWalk.entries(reply[0])
    return try await read(entries.map { ($0.member, $0.score) }, client, keys)
  }

  /// A few at a time, so that large messages do not come all at once.
  static func read(_ entries: [(tag: [UInt8], since: Double)], _ client: RedisClient, _ keys: CeleryKeys) async throws(Failure)
    -> [CeleryUnacked]
  {
    var out: [CeleryUnacked] = []
    for start in stride(from: 0, to: entries.count, by: 50) {
      let part = entries[start..<min(start + 50, entries.count)]
      let sizes = try await client.run(part.map { RedisCommand(.hstrlen, keys.unacked, $0.tag) })
      let wanted = zip(part, sizes).map { (0...limit).contains($1.integer ?? .max) ? $0.tag : [] }
      let values = try await client.run(wanted.map { RedisCommand(.hget, keys.unacked, $0) })
      for (index, entry) in part.enumerated() {
        out.append(
          CeleryUnacked(tag: entry.tag, since: entry.since, size: sizes[index].integer ?? 0, bytes: values[index].bytes))
      }
    }
    return out
  }
}
