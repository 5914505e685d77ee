/// Why a source could not be read. The cases carry the facts; `Failure+Words` turns them into sentences.
public enum Failure: Error, Hashable, Sendable, Codable {
  /// No connection: refused, no route, no such socket.
  case unreachable(address: SafeText, reason: SafeText)
  /// The host name has no address.
  case unknownHost(SafeText)
  /// No answer within the deadline. `waited` in seconds.
  case timedOut(what: SafeText, waited: Double)
  /// The server closed the connection.
  case closed(address: SafeText)
  /// The server does not accept who we say we are.
  case authentication(SafeText)
  /// We are known, but may not do this.
  case permission(what: SafeText, grant: SafeText)
  /// The server answers that it is not ready: loading, starting up, no free slot, busy.
  case notReady(SafeText)
  /// The answer is not of this protocol. `detail` shows the first bytes, escaped.
  case garbage(SafeText)
  /// An answer larger than we take.
  case tooLarge(what: SafeText, limit: Int)
  case tls(SafeText)
  /// The server refuses with its own words.
  case refused(code: SafeText, message: SafeText)
  /// OpsConsole itself declines. Never for what a server said. Kept behind a pointer: with the refusal in place, release builds of Swift
  /// 6.3.1 crashed in task groups whose result is a tuple with a generic part and a `Result` of this error.
  indirect case declined(Refusal)
  /// The address or another setting is wrong.
  case settings(SafeText)

  /// Whether asking again soon could flood or lock an account: such a source is tried rarely.
  public var needsPerson: Bool {
    switch self {
    case .authentication, .settings, .tls, .permission: true
    default: false
    }
  }

  /// Whether the same request may be accepted within seconds.
  public var passes: Bool {
    switch self {
    case .notReady: true
    case .declined(let refusal): refusal.passes
    default: false
    }
  }

  /// Whether a cheap sign of life (see `Connector.knock`) tells that the server is back.
  public var endsWithKnock: Bool {
    switch self {
    case .unreachable, .timedOut, .closed: true
    default: false
    }
  }
}
