public import Gate
import OpsModel

/// What follows from the end of an attempt. A write of which nobody knows whether it happened is never called failed.
public enum Settlement: Hashable, Sendable {
  case settled(RunHistory.StepState)
  /// The next attempt after so many seconds.
  case again(after: Double)
  /// The step says how to find out.
  case verify
  /// Only a person can tell.
  case unknown

  /// - Parameters:
  ///   - attempt: from 1.
  ///   - random: from 0 to 1, for the pause.
  public static func of(_ end: AttemptEnd, _ step: Step, attempt: Int, random: Double) -> Settlement {
    if let reason = reason(end), let retry = step.retry, attempt <= retry.most, retry.reasons.contains(reason), mayRepeat(step, reason) {
      return .again(after: retry.pause(before: attempt + 1, random: random))
    }
    switch end {
    case .done: return .settled(.ok)
    case .noChange: return .settled(.noChange)
    case .refused, .notSent: return .settled(.failed)
    case .timedOut: return step.isRead ? .settled(.timedOut) : inDoubt(step)
    case .cancelled: return step.isRead ? .settled(.cancelled) : inDoubt(step)
    case .lost: return step.isRead ? .settled(.failed) : inDoubt(step)
    }
  }

  private static func inDoubt(_ step: Step) -> Settlement { step.verify == nil ? .unknown : .verify }

  private static func reason(_ end: AttemptEnd) -> Retry.Reason? {
    switch end {
    case .refused(_, let reason): reason
    case .notSent: .notSent
    case .timedOut: .timeout
    case .done, .noChange, .cancelled, .lost: nil
    }
  }

  /// A change is repeated where nothing was sent, or where the author says that a second time does no harm.
  private static func mayRepeat(_ step: Step, _ reason: Retry.Reason) -> Bool { step.isRead || step.isIdempotent || reason == .notSent }
}
