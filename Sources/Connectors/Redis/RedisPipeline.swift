import NIOCore

/// Commands as they go over the wire, in batches of `batch`. A poll that sends the same commands again formats them once.
struct RedisPipeline: Sendable {
  static let batch = 200

  struct Part: Sendable {
    var bytes: ByteBuffer
    /// Commands, and so replies.
    var count: Int
    /// Places of replies after which the connection is subscribed to channels, or no longer is.
    var turns: [Int: Bool] = [:]

    mutating func append(_ other: Part) {
      bytes.writeImmutableBuffer(other.bytes)
      for (place, isSubscribed) in other.turns { turns[count + place] = isSubscribed }
      count += other.count
    }
  }

  private(set) var parts: [Part]
  /// Commands of all parts.
  let count: Int

  init(_ commands: [RedisCommand]) {
    var writer = RedisPipelineWriter()
    for command in commands { writer.add(command) }
    self = writer.pipeline
  }

  init(parts: [Part]) {
    self.parts = parts
    count = parts.reduce(0) { $0 + $1.count }
  }

  /// A copy with one more command before it and one after it. They join the first and the last batch.
  func between(_ first: RedisCommand, _ last: RedisCommand) -> RedisPipeline {
    guard var head = RedisPipeline([first]).parts.first, let end = RedisPipeline([last]).parts.first, let old = parts.first
    else { return self }
    head.append(old)
    var all = [head] + parts.dropFirst()
    all[all.count - 1].append(end)
    return RedisPipeline(parts: all)
  }
}
