import NIOCore
import NIOWebSocket
import OpsModel

/// Questions and answers of one session, one at a time.
final class InspectorSession {
  private var inbound: NIOAsyncChannelInboundStream<WebSocketFrame>.AsyncIterator
  private let outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>
  private var number = 0
  /// Pieces of a message that comes in several frames.
  private var pieces: [UInt8] = []

  init(inbound: NIOAsyncChannelInboundStream<WebSocketFrame>.AsyncIterator, outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>) {
    self.inbound = inbound
    self.outbound = outbound
  }

  /// Sends a command and does not wait.
  @discardableResult
  func send(_ method: String, _ parameters: String = "{}") async throws -> Int {
    number += 1
    let text = "{\"id\":\(number),\"method\":\"\(method)\",\"params\":\(parameters)}"
    try await outbound.write(WebSocketFrame(fin: true, opcode: .text, maskKey: .random(), data: ByteBuffer(string: text)))
    return number
  }

  /// The `result` of a command.
  func ask(_ method: String, _ parameters: String = "{}") async throws -> [UInt8] {
    let wanted = try await send(method, parameters)
    while let frame = try await inbound.next() {
      guard frame.opcode == .text || frame.opcode == .continuation else {
        if frame.opcode == .connectionClose { break }
        continue
      }
      pieces.append(contentsOf: frame.unmaskedData.readableBytesView)
      guard frame.fin else { continue }
      let message = pieces
      pieces = []
      // Events have no number.
      guard let id = JSONScan.number(JSONScan.member(message, "id")), Int(clamped: id) == wanted else { continue }
      if let error = JSONScan.member(message, "error") {
        throw Failure.refused(code: "", message: "the inspector refuses: \(SafeText(bytes: error.prefix(200)))")
      }
      guard let result = JSONScan.member(message, "result") else { throw Failure.garbage(SafeText(bytes: message.prefix(60))) }
      return Array(result)
    }
    throw Failure.closed(address: "the inspector")
  }

  /// The text that an expression comes to.
  func evaluate(_ expression: String) async throws -> [UInt8] {
    let result = try await ask("Runtime.evaluate", Self.parameters(expression))
    let value = JSONScan.object(result)?["result"].flatMap { JSONScan.object($0) }?["value"]
    guard let text = JSONScan.string(value) else { throw Failure.garbage(SafeText(bytes: result.prefix(60))) }
    return text
  }

  /// Nothing is thrown into the application's own handlers, and nothing is written to its log.
  static func parameters(_ expression: String) -> String {
    "{\"expression\":\(JSONText.text(SafeText(escaping: expression)).compact()),\"returnByValue\":true,\"silent\":true,\"includeCommandLineAPI\":true}"
  }
}
