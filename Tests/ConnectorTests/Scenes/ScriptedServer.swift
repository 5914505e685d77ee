import NIOCore
import NIOPosix
import Synchronization

/// A server on loopback that answers as a test says, or not at all.
final class ScriptedServer: Sendable {
  enum Behaviour: Sendable {
    /// Accepts and says nothing.
    case silent
    /// Answers every read with these bytes.
    case answer([UInt8])
    /// Sends the bytes one by one, so many milliseconds apart.
    case trickle([UInt8], milliseconds: Int64)
    /// Sends the bytes and closes.
    case answerThenClose([UInt8])
    /// Answers each command by its verb, in RESP.
    case redis(@Sendable ([String]) -> [UInt8])
  }

  private let channel: any Channel
  let connections: Mutex<Int>
  let port: Int

  static func start(_ behaviour: Behaviour, port: Int = 0) async throws -> ScriptedServer {
    let counter = Counter()
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { child in
        counter.add()
        return child.eventLoop.makeCompletedFuture { try child.pipeline.syncOperations.addHandler(Handler(behaviour)) }
      }
      .bind(host: "127.0.0.1", port: port).get()
    return ScriptedServer(channel, counter)
  }

  private let counter: Counter

  private init(_ channel: any Channel, _ counter: Counter) {
    self.channel = channel
    self.counter = counter
    connections = Mutex(0)
    port = channel.localAddress?.port ?? 0
  }

  var accepted: Int { counter.count.withLock { $0 } }

  func stop() async { try? await channel.close() }

  private final class Counter: Sendable {
    let count = Mutex(0)
    func add() { count.withLock { $0 += 1 } }
  }

  private final class Handler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let behaviour: Behaviour
    private var pending: [UInt8] = []

    init(_ behaviour: Behaviour) { self.behaviour = behaviour }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      let buffer = unwrapInboundIn(data)
      switch behaviour {
      case .silent: break
      case .answer(let bytes): context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
      case .trickle(let bytes, let milliseconds): trickle(bytes[...], milliseconds, context)
      case .answerThenClose(let bytes):
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes))).whenComplete { _ in bound.value.close(promise: nil) }
      case .redis(let answer):
        pending += Array(buffer.readableBytesView)
        while let command = take() { context.write(wrapOutboundOut(ByteBuffer(bytes: answer(command))), promise: nil) }
        context.flush()
      }
    }

    private func trickle(_ bytes: ArraySlice<UInt8>, _ milliseconds: Int64, _ context: ChannelHandlerContext) {
      guard let first = bytes.first else { return }
      context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: [first])), promise: nil)
      let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
      context.eventLoop.scheduleTask(in: .milliseconds(milliseconds)) {
        let (handler, context) = bound.value
        if context.channel.isActive { handler.trickle(bytes.dropFirst(), milliseconds, context) }
      }
    }

    /// One command of the RESP array form, if it is there whole.
    private func take() -> [String]? {
      var index = 0
      func line() -> String? {
        guard let end = pending[index...].firstIndex(of: 0x0D), end + 1 < pending.count else { return nil }
        defer { index = end + 2 }
        return String(decoding: pending[index..<end], as: UTF8.self)
      }
      guard let head = line(), head.hasPrefix("*"), let count = Int(head.dropFirst()) else { return nil }
      var parts: [String] = []
      for _ in 0..<count {
        guard let size = line(), let length = Int(size.dropFirst()), index + length + 2 <= pending.count else { return nil }
        parts.append(String(decoding: pending[index..<index + length], as: UTF8.self))
        index += length + 2
      }
      pending.removeFirst(index)
      return parts
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
  }
}
