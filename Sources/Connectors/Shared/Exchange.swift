import Glibc
import NIOCore
import NIOPosix
import OpsModel

/// One question and its answer over a socket: connect, send, read until the answer is whole or the stream ends; everything has a limit.
enum Exchange {
  struct Limits: Sendable {
    /// Bytes of the answer.
    var size = 16 << 20
    /// Seconds in all.
    var total = 3.0
  }

  /// - Parameter isWhole: looks at what came so far; where it never says yes, the end of the stream is the end of the answer.
  static func ask(
    _ place: RedisAddress.Place, saying bytes: [UInt8], limits: Limits = Limits(),
    isWhole: @escaping @Sendable ([UInt8]) -> Bool = { _ in false }
  ) async throws(Failure) -> [UInt8] {
    let group = MultiThreadedEventLoopGroup.singleton
    let answered = group.any().makePromise(of: [UInt8].self)
    let name = shown(place)
    let wait = TimeAmount.milliseconds(Int64(limits.total * 1000))
    let bootstrap = ClientBootstrap(group: group).connectTimeout(wait).channelInitializer { channel in
      channel.eventLoop.makeCompletedFuture {
        try channel.pipeline.syncOperations.addHandler(Collector(answered, limits.size, name, isWhole))
      }
    }
    do {
      let channel =
        switch place {
        case .tcp(let host, let port): try await bootstrap.connect(host: host, port: port).get()
        case .socket(let path): try await bootstrap.connect(unixDomainSocketPath: path).get()
        }
      if !bytes.isEmpty { channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil) }
      let timer = channel.eventLoop.scheduleTask(in: wait) { answered.fail(Failure.timedOut(what: name, waited: limits.total)) }
      defer {
        timer.cancel()
        channel.close(promise: nil)
      }
      return try await answered.futureResult.get()
    } catch {
      // A promise must be kept; where it was, this does nothing.
      answered.fail(error)
      throw failure(error, place)
    }
  }

  static func shown(_ place: RedisAddress.Place) -> SafeText {
    switch place {
    case .tcp(let host, let port): "\(SafeText(escaping: host)):\(port)"
    case .socket(let path): SafeText(escaping: path)
    }
  }

  private static func failure(_ error: any Error, _ place: RedisAddress.Place) -> Failure {
    if let failure = error as? Failure { return failure }
    let name = shown(place)
    if let error = error as? NIOConnectionError, error.connectionErrors.isEmpty { return .unknownHost(name) }
    if let error = error as? IOError {
      return .unreachable(address: name, reason: SafeText(escaping: String(cString: strerror(error.errnoCode))))
    }
    if let error = error as? NIOConnectionError, let first = error.connectionErrors.first?.error as? IOError {
      return .unreachable(address: name, reason: SafeText(escaping: String(cString: strerror(first.errnoCode))))
    }
    return .unreachable(address: name, reason: SafeText(escaping: "\(error)", limit: 120))
  }

  private final class Collector: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let answered: EventLoopPromise<[UInt8]>
    private let limit: Int
    private let name: SafeText
    private let isWhole: @Sendable ([UInt8]) -> Bool
    private var bytes: [UInt8] = []

    init(_ answered: EventLoopPromise<[UInt8]>, _ limit: Int, _ name: SafeText, _ isWhole: @escaping @Sendable ([UInt8]) -> Bool) {
      self.answered = answered
      self.limit = limit
      self.name = name
      self.isWhole = isWhole
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      bytes.append(contentsOf: unwrapInboundIn(data).readableBytesView)
      if bytes.count > limit {
        answered.fail(Failure.tooLarge(what: "the answer", limit: limit))
        context.close(promise: nil)
      } else if isWhole(bytes) {
        answered.succeed(bytes)
      }
    }

    func channelInactive(context: ChannelHandlerContext) {
      if bytes.isEmpty { answered.fail(Failure.closed(address: name)) } else { answered.succeed(bytes) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      answered.fail(error)
      context.close(promise: nil)
    }
  }
}
