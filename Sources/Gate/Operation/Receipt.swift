public import OpsModel

/// What became of one target.
public enum Outcome: UInt8, Sendable, CaseIterable {
  case moved, absent, changed, payloadMissing, conflict, failed, unknown

  /// The key in JSON.
  public var key: SafeText {
    switch self {
    case .moved: "moved"
    case .absent: "absent"
    case .changed: "changed"
    case .payloadMissing: "payload_missing"
    case .conflict: "conflict"
    case .failed: "failed"
    case .unknown: "unknown"
    }
  }

  /// What it means, for people.
  public var meaning: SafeText {
    switch self {
    case .moved: "done"
    case .absent: "no longer there: somebody else took it, or it expired"
    case .changed: "not what it was when it was chosen; left alone"
    case .payloadMissing: "the entry is there, its work is gone; left alone"
    case .conflict: "somebody else is at it; left alone"
    case .failed: "refused by the server; left alone"
    case .unknown: "sent, but no answer came: look before trying again"
    }
  }
}

/// One target and what became of it.
public struct Receipt: Sendable {
  public let target: Target
  public let outcome: Outcome
  public let reason: SafeText

  public init(target: Target, outcome: Outcome, reason: SafeText? = nil) {
    self.target = target
    self.outcome = outcome
    self.reason = reason ?? outcome.meaning
  }
}

/// How many targets ended how.
public struct ReceiptCounts: Equatable, Sendable {
  private var numbers = [Int](repeating: 0, count: Outcome.allCases.count)

  public init() {}

  public subscript(outcome: Outcome) -> Int {
    get { numbers[Int(outcome.rawValue)] }
    set { numbers[Int(outcome.rawValue)] = newValue }
  }

  public var total: Int { numbers.reduce(0, +) }

  public var json: JSONText {
    .object([
      ("moved", .int(self[.moved])), ("absent", .int(self[.absent])), ("changed", .int(self[.changed])),
      ("payload_missing", .int(self[.payloadMissing])), ("conflict", .int(self[.conflict])), ("failed", .int(self[.failed])),
      ("unknown", .int(self[.unknown])),
    ])
  }
}
