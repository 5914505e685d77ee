/// The one table of failures: what happened, what to try, and what a command ends with.
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
    case .declined(let refusal): refusal.what
    case .settings(let detail): detail
    }
  }

  /// What the operator can try; nil where nothing helps.
  public var remedy: SafeText? {
    switch self {
    case .unreachable: "check that the server runs there and the port is open from this host"
    case .unknownHost: "check the host name and this host's resolver"
    case .timedOut: "the server hangs or the network drops packets; OpsConsole retries automatically"
    case .closed: "the server may be restarting; OpsConsole retries automatically"
    case .authentication: "check user and password of this source; OpsConsole retries once a minute"
    case .permission(_, let grant): grant
    case .notReady: "wait; OpsConsole retries automatically"
    case .garbage: "check that the address belongs to this kind of server (and TLS is on where it must be)"
    case .tooLarge: "the server sends more than a panel needs; inspect that key with the system's own client"
    case .tls: "check the CA file, the host name in the certificate, and its dates"
    case .refused: "check the log of that server or process"
    case .declined(let refusal): refusal.instead
    case .settings: "correct the configuration of this source"
    }
  }

  /// What a command ends with: 69 where a server is unavailable or cannot serve, 77 where something is not permitted or declined, 64 for a
  /// request that cannot be served.
  public var exitCode: Int32 {
    switch self {
    case .permission: 77
    case .declined(let refusal): refusal.exitCode
    case .unreachable, .unknownHost, .timedOut, .closed, .authentication, .notReady, .garbage, .tooLarge, .tls, .refused, .settings: 69
    }
  }

  /// One line: what, since when, what to try. `age` in seconds.
  public func sentence(age: Double?) -> SafeText {
    let since: SafeText? = age.map { "since \(Units.age($0))" }
    return SafeText.join([what, since, remedy].compactMap { $0 }, " · ")
  }
}
