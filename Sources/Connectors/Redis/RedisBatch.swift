import NIOCore

/// Commands that go out together, and the promise of their replies. At most `limit` commands.
struct RedisBatch: Sendable {
  static let limit = 200

  let commands: [RedisCommand]
  let replies: EventLoopPromise<[RedisValue]>
  /// All replies must be there this long after the batch was sent.
  let deadline: TimeAmount
}

/// A message of a subscribed channel.
struct RedisPush: Sendable {
  let channel: [UInt8]
  let payload: [UInt8]
}
