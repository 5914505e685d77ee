import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket
import OpsModel
import Synchronization

/// A WebSocket to the inspector of a Node process (Chrome DevTools Protocol). No compression is offered, and no ping is ever sent: the
/// inspector closes the connection on one.
enum InspectorSocket {
  private typealias Channel = NIOAsyncChannel<WebSocketFrame, WebSocketFrame>

  private static let mostBytes = 32 << 20

  /// Opens a session, runs `body` in it and closes it.
  /// - Throws: `Failure`.
  static func during<Result: Sendable>(
    _ port: Int, _ path: String, _ body: @escaping @Sendable (InspectorSession) async throws -> Result
  ) async throws(Failure) -> Result {
    do {
      guard let channel = try await connect(port, path) else {
        throw Failure.declined(.noWebSocket)
      }
      return try await channel.executeThenClose { inbound, outbound in
        try await body(InspectorSession(inbound: inbound.makeAsyncIterator(), outbound: outbound))
      }
    } catch let failure as Failure {
      throw failure
    } catch {
      throw .closed(address: "the inspector at 127.0.0.1:\(port)")
    }
  }

  private static func connect(_ port: Int, _ path: String) async throws -> Channel? {
    let opening = Opening()
    let result: EventLoopFuture<Channel?> = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .connectTimeout(.milliseconds(500))
      .connect(host: "127.0.0.1", port: port) { channel in
        opening.take(channel)
        return channel.eventLoop.makeCompletedFuture {
          let upgrader = NIOTypedWebSocketClientUpgrader<Channel?>(maxFrameSize: mostBytes) { channel, _ in
            channel.eventLoop.makeCompletedFuture { try Channel(wrappingChannelSynchronously: channel) }
          }
          let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: path, headers: ["Host": "127.0.0.1:\(port)"])
          let configuration = NIOTypedHTTPClientUpgradeConfiguration<Channel?>(upgradeRequestHead: head, upgraders: [upgrader]) { channel in
            channel.close().map { nil }
          }
          return try channel.pipeline.syncOperations.configureUpgradableHTTPClientPipeline(
            configuration: .init(upgradeConfiguration: configuration))
        }
      }
    // A peer that accepts and never answers must not hold the verb for ever.
    let timer = MultiThreadedEventLoopGroup.singleton.any().scheduleTask(in: .seconds(2)) { opening.close() }
    defer { timer.cancel() }
    return try await result.get()
  }

  /// The connection while it is being made.
  private final class Opening: Sendable {
    private let channel = Mutex<(any NIOCore.Channel)?>(nil)

    func take(_ made: any NIOCore.Channel) { channel.withLock { $0 = made } }

    func close() { channel.withLock { $0 }?.close(promise: nil) }
  }
}
