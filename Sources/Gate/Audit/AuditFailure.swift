import Glibc
public import OpsModel

/// Why something could not be written down.
public enum AuditFailure: Error, Sendable, Equatable {
  case system(path: SafeText, call: SafeText, code: Int32)
  case notOurs(path: SafeText)
  case remote(path: SafeText)
  case busy(path: SafeText)
  case tooLong

  public var sentence: SafeText {
    switch self {
    case .system(let path, let call, let code): "cannot \(call)\(path.isEmpty ? "" : " \(path)" as SafeText): \(Self.reason(code))"
    case .notOurs(let path): "\(path) is not a file of this user"
    case .remote(let path): "\(path) is on a network file system, where appending is not atomic; set XDG_STATE_HOME to a local disk"
    case .busy(let path): "another process of this user has locked \(path) for \(Int(AuditFile.patience)) s"
    case .tooLong: "the record is longer than \(AuditRecord.limit) bytes"
    }
  }

  /// For the first line of the screen.
  public var short: SafeText {
    switch self {
    case .system(_, _, let code): "the state folder cannot be written: \(Self.reason(code))"
    case .notOurs: "the audit log belongs to another account"
    case .remote: "the state folder is on a network file system"
    case .busy: "another process has locked the audit log"
    case .tooLong: "the record is too long for the audit log"
    }
  }

  /// `permission denied`
  public static func reason(_ code: Int32) -> SafeText {
    // Of a path that names a pipe, a device or a socket.
    if code == EINVAL { return "it is not a file" }
    let text = String(cString: strerror(code))
    return SafeText(escaping: text.prefix(1).lowercased() + text.dropFirst())
  }
}
