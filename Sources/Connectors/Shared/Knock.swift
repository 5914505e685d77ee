import NIOCore
import NIOPosix
import OpsModel

/// A cheap sign of life: connect, say a few bytes without logging in, wait for any byte or the end of the stream.
enum Knock {
  static let deadline = TimeAmount.milliseconds(2000)

  static func redis(_ address: RedisAddress) async -> Bool {
    await ask(address.place, saying: Array("PING\r\n".utf8))
  }

  /// PostgreSQL answers an SSLRequest with one letter before it knows anybody (protocol 3, message flow "SSL session encryption").
  static func postgres(_ place: RedisAddress.Place) async -> Bool {
    await ask(place, saying: [0, 0, 0, 8, 0x04, 0xD2, 0x16, 0x2F])
  }

  static func http(_ address: HTTPAddress) async -> Bool {
    if let socket = address.socket { return await ask(.socket(path: socket), saying: Array("GET / HTTP/1.0\r\n\r\n".utf8)) }
    // A byte that is no TLS record is answered by an alert: that is a sign of life as well.
    return await ask(.tcp(host: address.host, port: address.port), saying: Array("GET / HTTP/1.0\r\n\r\n".utf8))
  }

  private static func ask(_ place: RedisAddress.Place, saying bytes: [UInt8]) async -> Bool {
    let group = MultiThreadedEventLoopGroup.singleton
    let answered = group.any().makePromise(of: Bool.self)
    let bootstrap = ClientBootstrap(group: group)
      .connectTimeout(deadline)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Listener(answered)) }
      }
    let channel: any Channel
    do {
      channel =
        switch place {
        case .tcp(let host, let port): try await bootstrap.connect(host: host, port: port).get()
        case .socket(let path): try await bootstrap.connect(unixDomainSocketPath: path).get()
        }
    } catch {
      answered.succeed(false)
      return false
    }
    channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
    let timer = channel.eventLoop.scheduleTask(in: deadline) { answered.succeed(false) }
    let result = (try? await answered.futureResult.get()) ?? false
    timer.cancel()
    channel.close(promise: nil)
    return result
  }

  private final class Listener: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let answered: EventLoopPromise<Bool>

    init(_ answered: EventLoopPromise<Bool>) { self.answered = answered }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { answered.succeed(true) }

    /// A server that hangs up without a word is not back.
    func channelInactive(context: ChannelHandlerContext) { answered.succeed(false) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
  }
}
