public import OpsModel

/// One line of a journal.
public struct JournalRecord: Sendable {
  public enum Kind: String, Sendable {
    case runStart = "run.start"
    case stepIntent = "step.intent"
    case batchIntent = "batch.intent"
    case batchDone = "batch.done"
    case stepOutcome = "step.outcome"
    /// A step waits for a person, a lock or a condition; it has not begun.
    case stepWaiting = "step.waiting"
    case approval, decision, pause, cancel, resume, repair
    case runEnd = "run.end"

    var point: CrashPoint {
      switch self {
      case .runStart: .start
      case .stepIntent, .stepWaiting: .intent
      case .batchIntent, .batchDone: .batch
      case .stepOutcome: .outcome
      case .approval, .decision, .pause, .cancel, .resume, .repair: .decision
      case .runEnd: .end
      }
    }
  }

  public let kind: Kind
  public let sequence: Int
  /// Seconds since 1970: a label, never what a duration is reckoned from.
  public let at: Double
  /// Seconds of the clock that nobody sets.
  public var steady = 0.0
  /// The step that it is about: `roll`, `roll/web-1/restart`; empty for the run.
  public let step: String
  public let fields: [String: RunValue]

  public subscript(_ name: String) -> RunValue { fields[name] ?? .null }
}
