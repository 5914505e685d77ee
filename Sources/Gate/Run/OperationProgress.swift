public import OpsModel

/// How far a running operation is.
public struct OperationProgress: Sendable {
  public enum Stage: Sendable, Equatable {
    case quarantine, first
    case watching(Fate, left: Double)
    case rest
  }

  public var stage: Stage
  public var counts: ReceiptCounts
  public let total: Int
  /// Seconds since the first batch.
  public var seconds: Double
  /// Items in the last batch, and seconds it held the server.
  public var batch: Int
  public var held: Double

  public var done: Int { counts.total }

  /// Items per second so far.
  public var rate: Double { seconds > 0 ? Double(done) / seconds : 0 }
}

/// What became of an operation.
public struct OperationResult: Sendable {
  public enum End: Sendable, Equatable {
    case whole
    /// Stopped by the operator between two batches.
    case stopped
    /// Stopped by itself: what was retried first failed again.
    case failedAgain(Fate)
    /// Stopped by itself: none of the first ones ran within the time, so nobody can tell.
    case undecided(Fate)
    /// The server went away, or refused.
    case broken(Failure)
  }

  public var end: End
  public var counts: ReceiptCounts
  /// Targets that were not moved, each with its reason; the first thousand.
  public var problems: [Receipt]
  public var seconds: Double
  public let total: Int
  public var answers: [(from: SafeText, text: SafeText)] = []
  /// What came back as a whole, for `analyze`.
  public var document: [UInt8]?
  /// Where the discarded things were written to.
  public var quarantine: SafeText?
  /// Why the outcome is not in the audit log; nil where it is.
  public var auditFailure: SafeText?

  public static let problemLimit = 1000

  public var untouched: Int { max(0, total - counts.total) }

  public var endWords: SafeText {
    switch end {
    case .whole: "done"
    case .stopped: "stopped by the operator; \(Units.count(untouched)) were not touched"
    case .failedAgain(let fate):
      "stopped by itself: \(fate.deadAgain) of the first \(fate.total) failed again; \(Units.count(untouched)) were not touched"
    case .undecided(let fate):
      "stopped: none of the first \(fate.total) ran in the time that was given; \(Units.count(untouched)) were not touched; wait, or go on unstaged"
    case .broken(let failure): "broken off: \(failure.what); \(Units.count(untouched)) were not touched; running it again finishes the rest"
    }
  }

}
