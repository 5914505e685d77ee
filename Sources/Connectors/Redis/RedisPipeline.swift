import NIOCore

/// Commands as they go over the wire, in batches of at most `batch`. What is asked at each look with the same words is formatted once.
struct RedisPipeline: Sendable {
  static let batch = 200

  struct Part: Sendable {
    var bytes: ByteBuffer
    /// Commands, and so replies.
    var count: Int
    /// Replies after which the connection listens to channels, or does not any more, by their places.
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

  /// The same with a command before it and one behind it, in the same batches.
  func between(_ first: RedisCommand, _ last: RedisCommand) -> RedisPipeline {
    guard var head = RedisPipeline([first]).parts.first, let end = RedisPipeline([last]).parts.first, let old = parts.first
    else { return self }
    head.append(old)
    var all = [head] + parts.dropFirst()
    all[all.count - 1].append(end)
    return RedisPipeline(parts: all)
  }
}
