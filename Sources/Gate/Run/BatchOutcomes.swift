public import OpsModel

/// Collects the outcomes of a batch that takes several steps on the server. Where a step fails, what was done before it keeps its outcome.
public struct BatchOutcomes: Sendable {
  private var settled: [Outcome?]
  public private(set) var reasons: [Int: SafeText] = [:]
  /// Seconds that the server was held.
  public var held = 0.0

  public init(count: Int) { settled = [Outcome?](repeating: nil, count: count) }

  public mutating func set(_ index: Int, _ outcome: Outcome, reason: SafeText? = nil) {
    settled[index] = outcome
    if let reason { reasons[index] = reason }
  }

  /// - Parameter otherwise: what became of those that no step was for.
  public func report(otherwise: Outcome = .absent, reason: (Outcome) -> SafeText? = { _ in nil }) -> BatchReport {
    let outcomes = settled.map { $0 ?? otherwise }
    var reasons = self.reasons
    for (index, outcome) in outcomes.enumerated() where reasons[index] == nil {
      if let words = reason(outcome) { reasons[index] = words }
    }
    return BatchReport(outcomes: outcomes, reasons: reasons, held: held)
  }

  /// A step failed, which was for `begun`; what no step was for yet was not tried.
  /// - Throws: the failure itself where nothing had been settled: then it stands for the whole batch.
  public func broken(by failure: Failure, begun: [Int]) throws(Failure) -> BatchReport {
    guard settled.contains(where: { $0 != nil }) else { throw failure }
    let isBegun = Set(begun)
    var reasons = self.reasons
    let outcomes = settled.enumerated().map { index, outcome -> Outcome in
      if let outcome { return outcome }
      reasons[index] = isBegun.contains(index) ? failure.what : "not tried: \(failure.what)"
      return isBegun.contains(index) ? Outcome(after: failure) : .failed
    }
    return BatchReport(outcomes: outcomes, reasons: reasons, held: held, failure: failure)
  }
}

extension Outcome {
  /// What became of items whose step failed: a refusal changed nothing, anything else leaves it open.
  public init(after failure: Failure) {
    switch failure {
    case .permission, .refused, .declined, .notReady, .authentication, .settings, .unknownHost, .unreachable, .tls: self = .failed
    default: self = .unknown
    }
  }
}
