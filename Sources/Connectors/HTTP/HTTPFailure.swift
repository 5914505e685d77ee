import AsyncHTTPClient
import Glibc
import NIOCore
import NIOHTTPCompression
import NIOPosix
import NIOSSL
import OpsModel

/// What went wrong, of the many ways in which the library says it.
enum HTTPFailure {
  static func of(_ error: any Error, _ address: HTTPAddress, _ limits: HTTPLimits, waited: Double) -> Failure {
    if let failure = error as? Failure { return failure }
    if let error = error as? HTTPClientError { return of(error, address, waited) }
    if let error = error as? NIOConnectionError {
      if error.connectionErrors.isEmpty { return .unknownHost(SafeText(escaping: address.host)) }
      return .unreachable(address: address.shown, reason: reason(error.connectionErrors.first?.error))
    }
    if error is NIOSSLError || error is BoringSSLError { return .tls(SafeText(escaping: "\(error)", limit: 200)) }
    if error is CancellationError { return .closed(address: address.shown) }
    let text = "\(type(of: error)).\(error)"
    if text.contains("Decompression") {
      return text.contains("limit") ? .tooLarge(what: "the answer, inflated,", limit: limits.body) : .garbage("an answer that is no gzip")
    }
    if text.contains("SSL") || text.contains("certificate") { return .tls(SafeText(escaping: "\(error)", limit: 200)) }
    // Only what can not happen on a connection that stood: after that something may have been sent.
    let refusals = [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, ENETDOWN, EADDRNOTAVAIL, ENOENT, EACCES]
    if let error = error as? IOError {
      return refusals.contains(error.errnoCode)
        ? .unreachable(address: address.shown, reason: reason(error)) : .closed(address: address.shown)
    }
    if let error = error as? ChannelError {
      if case .connectTimeout = error { return .unreachable(address: address.shown, reason: reason(error)) }
      return .closed(address: address.shown)
    }
    return .garbage(SafeText(escaping: "\(error)", limit: 120))
  }

  private static func of(_ error: HTTPClientError, _ address: HTTPAddress, _ waited: Double) -> Failure {
    switch error {
    case .connectTimeout: .unreachable(address: address.shown, reason: "no connection within \(Units.duration(waited))")
    case .deadlineExceeded, .readTimeout, .getConnectionFromPoolTimeout: .timedOut(what: address.shown, waited: waited)
    case .remoteConnectionClosed, .uncleanShutdown: .closed(address: address.shown)
    case .tlsHandshakeTimeout: .tls("no handshake within \(Units.duration(waited))")
    case .invalidURL, .emptyHost, .emptyScheme: .settings("the url can not be used")
    default: .garbage(SafeText(escaping: "\(error)", limit: 120))
    }
  }

  private static func reason(_ error: (any Error)?) -> SafeText {
    if let error = error as? IOError {
      return error.errnoCode == ECONNREFUSED ? "connection refused" : SafeText(escaping: String(cString: strerror(error.errnoCode)))
    }
    if let error = error as? ChannelError, case .connectTimeout = error { return "no connection in time" }
    return SafeText(escaping: error.map { "\($0)" } ?? "no connection", limit: 120)
  }

  /// An answer that is no success.
  static func of(_ answer: HTTPAnswer, _ address: HTTPAddress) -> Failure {
    let says = SafeText(bytes: answer.body.prefix(200).filter { $0 != 0x0A && $0 != 0x0D }, limit: 160)
    switch answer.status {
    case 401: return .authentication("\(address.shown) answers 401: \(says)")
    case 403: return .permission(what: "reading \(address.shown)", grant: "the server answers 403: \(says)")
    case 404: return .settings("\(address.shown) answers 404: nothing is at that path")
    case 429: return .notReady("\(address.shown) answers 429, too many requests")
    case 502, 503, 504: return .notReady("\(address.shown) answers \(answer.status): \(says)")
    default: return .refused(code: "\(answer.status)", message: says)
    }
  }
}
