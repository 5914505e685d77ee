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
    var replies: [RedisValue] = []
    let timer: Scheduled<Void>
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
      var bytes: [UInt8] = []
      bytes.reserveCapacity(batch.commands.count * 64)
      for command in batch.commands { Self.format(command, into: &bytes) }
      let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
      let seconds = Double(batch.deadline.nanoseconds) / 1e9
      let timer = context.eventLoop.scheduleTask(in: batch.deadline) {
        let (handler, context) = bound.value
        handler.end(context, .timedOut(what: handler.address, waited: seconds))
      }
      sent.append(Sent(batch: batch, timer: timer))
      context.write(wrapOutboundOut(context.channel.allocator.buffer(bytes: bytes)), promise: nil)
      wrote = true
    }
    if wrote { context.flush() }
  }

  /// The RESP form of a command: an array of counted strings. An array of bytes grows faster than a `ByteBuffer`, which is made of it once.
  private static func format(_ command: RedisCommand, into out: inout [UInt8]) {
    count(UInt8(ascii: "*"), command.arguments.count + 1, into: &out)
    count(UInt8(ascii: "$"), command.name.utf8.count, into: &out)
    out += command.name.utf8
    out += lineEnd
    for argument in command.arguments {
      count(UInt8(ascii: "$"), argument.count, into: &out)
      out += argument
      out += lineEnd
    }
  }

  private static let lineEnd: [UInt8] = [0x0D, 0x0A]

  /// A sign, a number and a line end. Most numbers are short: they are written without making a text of them.
  private static func count(_ sign: UInt8, _ number: Int, into out: inout [UInt8]) {
    out.append(sign)
    if number >= 100 { out += String(number / 100).utf8 }
    if number >= 10 { out.append(UInt8(ascii: "0") + UInt8(number / 10 % 10)) }
    out.append(UInt8(ascii: "0") + UInt8(number % 10))
    out += lineEnd
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
    .garbage(SafeText(bytes: buffer.readableBytesView.prefix(32)))
  }

  private func take(_ value: RedisValue, _ context: ChannelHandlerContext) {
    if isSubscribed, case .array(let parts) = value, parts.count == 4, parts[0].bytes.map({ $0 == Array("pmessage".utf8) }) == true {
      onPush(RedisPush(channel: parts[2].bytes ?? [], payload: parts[3].bytes ?? []))
      return
    }
    guard var first = sent.popFirst() else {
      // Nobody asked: the server says why it is about to close, or it is not a Redis.
      if case .error(let message) = value { return end(context, RedisFailure.of(message, doing: "connecting")) }
      return end(context, .garbage("a reply that nobody asked for"))
    }
    switch first.batch.commands[first.replies.count].name {
    case RedisCommand.Verb.psubscribe.rawValue: isSubscribed = true
    case RedisCommand.Verb.punsubscribe.rawValue: isSubscribed = false
    default: break
    }
    first.replies.append(value)
    if first.replies.count < first.batch.commands.count { return sent.prepend(first) }
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
