import CHiredis
import DequeModule
import NIOCore
import OpsModel

/// Speaks RESP2 on one channel: hiredis reads the replies, in order; NIO moves the bytes.
///
/// A few batches are in flight at most, so that a large poll does not pile up in the server's output buffer. Messages of
/// subscribed channels come between an acknowledged `PSUBSCRIBE` and the next acknowledged `PUNSUBSCRIBE` and nowhere else, so a value
/// that looks like a message can not be taken for one.
final class RedisHandler: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = RedisBatch
  typealias OutboundOut = ByteBuffer

  static let batchesInFlight = 4

  private struct Sent {
    let batch: RedisBatch
    var replies: [RedisValue]
    let timer: Scheduled<Void>

    init(batch: RedisBatch, timer: Scheduled<Void>) {
      self.batch = batch
      self.timer = timer
      replies = []
      replies.reserveCapacity(batch.part.count)
    }
  }

  private let address: SafeText
  /// Bytes of one unfinished reply that are kept at most.
  private let byteLimit: Int
  private let onPush: @Sendable (RedisPush) -> Void
  private let ended: FirstFailure
  private var reader: UnsafeMutablePointer<redisReader>?
  private var unsent: Deque<RedisBatch> = []
  private var sent: Deque<Sent> = []
  private var isSubscribed = false
  private var failure: Failure?

  init(address: SafeText, byteLimit: Int, ended: FirstFailure, onPush: @escaping @Sendable (RedisPush) -> Void) {
    self.address = address
    self.ended = ended
    self.byteLimit = byteLimit
    self.onPush = onPush
    reader = ops_reader_create()
  }

  deinit { if let reader { redisReaderFree(reader) } }

  // MARK: Out

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    let batch = unwrapOutboundIn(data)
    promise?.succeed(())
    if let failure { return batch.replies.fail(failure) }
    unsent.append(batch)
    send(context)
  }

  private func send(_ context: ChannelHandlerContext) {
    var wrote = false
    while sent.count < Self.batchesInFlight, let batch = unsent.popFirst() {
      let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
      let seconds = Double(batch.deadline.nanoseconds) / 1e9
      let timer = context.eventLoop.scheduleTask(in: batch.deadline) {
        let (handler, context) = bound.value
        handler.end(context, .timedOut(what: handler.address, waited: seconds))
      }
      sent.append(Sent(batch: batch, timer: timer))
      context.write(wrapOutboundOut(batch.part.bytes), promise: nil)
      wrote = true
    }
    if wrote { context.flush() }
  }

  // MARK: In

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let buffer = unwrapInboundIn(data)
    guard failure == nil, let reader else { return }
    let code = buffer.withUnsafeReadableBytes { bytes in
      redisReaderFeed(reader, bytes.bindMemory(to: CChar.self).baseAddress, bytes.count)
    }
    guard code == REDIS_OK else { return end(context, .tooLarge(what: "a reply of \(address)", limit: byteLimit)) }
    while true {
      var reply: UnsafeMutableRawPointer?
      guard redisReaderGetReply(reader, &reply) == REDIS_OK else { return end(context, broken(reader, buffer)) }
      guard let reply else { break }
      let value = RedisValue(UnsafePointer(reply.assumingMemoryBound(to: redisReply.self)))
      freeReplyObject(reply)
      take(value, context)
      if failure != nil { return }
    }
    if reader.pointee.len - reader.pointee.pos > byteLimit {
      end(context, .tooLarge(what: "a reply of \(address)", limit: byteLimit))
    }
  }

  private func broken(_ reader: UnsafeMutablePointer<redisReader>, _ buffer: ByteBuffer) -> Failure {
    // hiredis drops its buffer on an error; what just arrived is what can be shown.
    .garbage(beginning: buffer.readableBytesView, 32)
  }

  private func take(_ value: RedisValue, _ context: ChannelHandlerContext) {
    if isSubscribed, case .array(let parts) = value, parts.count == 4, parts[0].bytes.map({ $0 == Array("pmessage".utf8) }) == true {
      onPush(RedisPush(channel: parts[2].bytes ?? [], payload: parts[3].bytes ?? []))
      return
    }
    guard !sent.isEmpty else {
      // Nobody asked: the server says why it is about to close, or it is not a Redis.
      if case .error(let message) = value { return end(context, RedisFailure.of(message, doing: "connecting")) }
      return end(context, .garbage("a reply that nobody asked for"))
    }
    if let turn = sent[0].batch.part.turns[sent[0].replies.count] { isSubscribed = turn }
    // Changed in place: otherwise each reply would copy all replies before it.
    sent[0].replies.append(value)
    guard sent[0].replies.count == sent[0].batch.part.count else { return }
    let first = sent.removeFirst()
    first.timer.cancel()
    first.batch.replies.succeed(first.replies)
    send(context)
  }

  // MARK: Ends

  func channelInactive(context: ChannelHandlerContext) {
    end(context, .closed(address: address))
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    end(context, RedisFailure.of(error, address, waited: 0))
  }

  /// Fails everything that waits and closes. What is half read is not used.
  private func end(_ context: ChannelHandlerContext, _ reason: Failure) {
    guard failure == nil else { return }
    failure = reason
    ended.set(reason)
    for one in sent {
      one.timer.cancel()
      one.batch.replies.fail(reason)
    }
    for batch in unsent { batch.replies.fail(reason) }
    sent = []
    unsent = []
    context.close(promise: nil)
  }
}
