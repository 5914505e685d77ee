import NIOCore

/// Commands that go out together, and the promise of their replies.
struct RedisBatch: Sendable {
  let part: RedisPipeline.Part
  let replies: EventLoopPromise<[RedisValue]>
  /// All replies must be there this long after the batch was sent.
  let deadline: TimeAmount
}

/// A message of a subscribed channel.
struct RedisPush: Sendable {
  let channel: [UInt8]
  let payload: [UInt8]
}
