import Gate
import OpsModel
import Runbooks

extension Hiding {
  /// The same end with secrets taken out of what is said about it.
  func end(_ end: AttemptEnd) -> AttemptEnd {
    switch end {
    case .done, .noChange: end
    case .refused(let message, let reason): .refused(text(message), reason)
    case .notSent(let message): .notSent(text(message))
    case .timedOut(let message): .timedOut(text(message))
    case .cancelled(let message): .cancelled(text(message))
    case .lost(let message): .lost(text(message))
    }
  }
}
