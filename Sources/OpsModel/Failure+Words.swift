/// The one place where a failure becomes *what happened · since when · what to try*.
extension Failure {
  /// What happened, in a few words.
  public var what: SafeText {
    switch self {
    case .unreachable(let address, let reason): "\(address): \(reason)"
    case .unknownHost(let host): "no address known for host \(host)"
    case .timedOut(let what, let waited): "\(what): no answer in \(Units.duration(waited))"
    case .closed(let address): "\(address) closed the connection"
    case .authentication(let detail): "not accepted: \(detail)"
    case .permission(let what, _): "not permitted: \(what)"
    case .notReady(let detail): "not ready: \(detail)"
    case .garbage(let detail): "protocol error, the answer begins \(detail)"
    case .tooLarge(let what, let limit): "\(what) is larger than \(Units.bytes(Double(limit)))"
    case .tls(let detail): "TLS: \(detail)"
    case .refused(let code, let message): code.isEmpty ? message : "\(code) \(message)"
    case .settings(let detail): detail
    }
  }

  /// What the operator can try.
  public var remedy: SafeText {
    switch self {
    case .unreachable: "check that the server runs there and the port is open from this host"
    case .unknownHost: "check the host name and this host's resolver"
    case .timedOut: "the server hangs or the network drops packets; it is tried again by itself"
    case .closed: "the server may be restarting; it is tried again by itself"
    case .authentication: "check user and password of this source; tried again once a minute"
    case .permission(_, let grant): grant
    case .notReady: "wait; it is tried again by itself"
    case .garbage: "check that the address belongs to this kind of server (and TLS is on where it must be)"
    case .tooLarge: "the server sends more than a panel needs; look at that key by hand"
    case .tls: "check the CA file, the host name in the certificate, and its dates"
    case .refused: "see the server's log"
    case .settings: "correct the configuration of this source"
    }
  }

  /// One line: what, since when, what to try. `age` in seconds.
  public func sentence(age: Double?) -> SafeText {
    guard let age else { return "\(what) · \(remedy)" }
    return "\(what) · since \(Units.age(age)) · \(remedy)"
  }
}
