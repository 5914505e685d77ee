import OpsModel
import Runbooks

/// What a runner answers to a wish: whether it is followed, and where not, what holds instead.
enum RunnerReply: Sendable {
  case taken(SafeText)
  /// Whoever asked has lost: somebody else was first, or it is too late.
  case refused(SafeText)

  init(_ reply: RunControl.Reply, taken words: SafeText) {
    switch reply {
    case .taken: self = .taken(words)
    case .already(let reason): self = .taken("already so: \(SafeText(escaping: reason, limit: 300))")
    case .late(let why): self = .refused("nothing changed: \(SafeText(escaping: why, limit: 300))")
    }
  }

  var words: SafeText {
    switch self {
    case .taken(let words), .refused(let words): words
    }
  }

  var isTaken: Bool { if case .taken = self { true } else { false } }

  var json: JSONText {
    switch self {
    case .taken(let words): .object([("ok", .text(words))])
    case .refused(let words): .object([("error", .text(words))])
    }
  }
}
