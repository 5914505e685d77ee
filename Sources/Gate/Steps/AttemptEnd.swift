public import OpsModel

/// How one attempt of a step ended, as far as anybody can tell.
public enum AttemptEnd: Sendable {
  case done([String: RunValue])
  /// It was so already.
  case noChange([String: RunValue])
  /// The other side said no: it is known that nothing more happens.
  case refused(SafeText, Reason?)
  /// Not a byte left this machine.
  case notSent(SafeText)
  /// No answer in time; what was sent may have been done.
  case timedOut(SafeText)
  /// Stopped by an operator in the middle.
  case cancelled(SafeText)
  /// The connection, or the program, was lost after something was sent.
  case lost(SafeText)

  /// Why it could be tried again.
  public enum Reason: Hashable, Sendable {
    /// The attempt took too long.
    case timeout
    case exit(Int)
    case http(Int)
    case sqlstate(String)
    /// Nothing was sent: safe for every write.
    case notSent
  }

  public var message: SafeText {
    switch self {
    case .done, .noChange: ""
    case .refused(let message, _), .notSent(let message), .timedOut(let message), .cancelled(let message), .lost(let message): message
    }
  }

  /// The word of the audit log.
  var word: SafeText {
    switch self {
    case .done: "done"
    case .noChange: "no change"
    case .refused: "refused"
    case .notSent: "not sent"
    case .timedOut: "no answer in time"
    case .cancelled: "stopped in the middle"
    case .lost: "lost"
    }
  }

  /// After a failure of a connection that stood, with something sent on it.
  public init(after failure: Failure) {
    switch failure {
    case .closed, .garbage, .tooLarge, .tls, .unreachable, .unknownHost: self = .lost(failure.what)
    case .timedOut: self = .timedOut(failure.what)
    case .refused(let code, _): self = .refused(failure.what, code.text.count == 5 ? .sqlstate(code.text) : nil)
    case .authentication, .permission, .notReady, .settings, .declined: self = .refused(failure.what, nil)
    }
  }
}
