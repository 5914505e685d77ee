import NIOCore
import NIOPosix
import NIOSSL
import OpsModel

/// Turns what NIO, OpenSSL and Redis say into our failures.
enum RedisFailure {
  /// Error replies after which no other reply of this connection is of use. Nil for errors of one command.
  static func fatal(_ message: String) -> Failure? {
    // A server repeats arguments of a command that it does not know: of AUTH as well.
    let message = Hiding.process.text(message)
    let code = message.prefix { $0 != " " }
    let safe = SafeText(escaping: message, limit: 200)
    switch code {
    case "NOAUTH": return .authentication("the server wants a password")
    case "WRONGPASS": return .authentication("wrong user or password")
    case "LOADING", "BUSY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN": return .notReady(safe)
    case "MOVED", "ASK": return .settings("this is a Redis Cluster; a queue source needs the node that holds its keys")
    default:
      if message.hasPrefix("ERR max number of clients") { return .notReady(safe) }
      if message.hasPrefix("ERR invalid password") { return .authentication("wrong password") }
      if message.hasPrefix("ERR operation not permitted") { return .authentication("the server wants a password") }
      return nil
    }
  }

  /// What one command was answered: `NOPERM` and the like.
  static func of(_ message: String, doing what: SafeText) -> Failure {
    if let failure = fatal(message) { return failure }
    let message = Hiding.process.text(message)
    let safe = SafeText(escaping: message, limit: 200)
    if message.hasPrefix("NOPERM") { return .permission(what: what, grant: "grant this user the command and the keys: \(safe)") }
    let code = message.prefix { $0 != " " }
    let isCode = code.allSatisfy { $0.isUppercase }
    return .refused(
      code: isCode ? SafeText(escaping: String(code)) : "",
      message: isCode ? SafeText(escaping: String(message.dropFirst(code.count + 1)), limit: 200) : safe)
  }

  /// - Parameter waited: seconds since the step began.
  static func of(_ error: any Error, _ address: SafeText, waited: Double) -> Failure {
    if let failure = error as? Failure { return failure }
    if let failed = error as? NIOConnectionError {
      if let first = failed.connectionErrors.first { return of(first.error, address, waited: waited) }
      return .unknownHost(SafeText(escaping: failed.host))
    }
    if let channel = error as? ChannelError {
      switch channel {
      case .connectTimeout: return .timedOut(what: "connecting to \(address)", waited: waited)
      default: return .closed(address: address)
      }
    }
    if let io = error as? IOError {
      return .unreachable(address: address, reason: reason(io.errnoCode))
    }
    if error is NIOSSLError || error is BoringSSLError || error is NIOSSLExtraError {
      return .tls(SafeText(escaping: "\(error)", limit: 200))
    }
    return .unreachable(address: address, reason: SafeText(escaping: "\(error)", limit: 200))
  }

  private static func reason(_ code: Int32) -> SafeText {
    switch code {
    case 111: "connection refused"
    case 113: "no route to host"
    case 101: "network is unreachable"
    case 2: "no such socket"
    case 13: "permission denied on the socket"
    case 104: "connection reset"
    case 110: "connection timed out"
    default: "error \(Int(code))"
    }
  }
}
