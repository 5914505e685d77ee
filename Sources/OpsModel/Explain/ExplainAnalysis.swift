/// A plan and all that was reckoned of it.
public struct ExplainAnalysis: Sendable {
  public let plan: ExplainPlan
  public let times: ExplainTimes
  public let tables: ExplainTables
  public let estimates: ExplainEstimates
  public let advice: [ExplainAdvice]

  public init(_ plan: ExplainPlan) {
    self.plan = plan
    times = ExplainTimes(plan)
    tables = ExplainTables(plan, times)
    estimates = ExplainEstimates(plan)
    advice = ExplainAdvice.all(plan, times, estimates)
  }

  /// Milliseconds that shares are of; nil where nothing ran.
  public var whole: Double? { ExplainTables.whole(plan, times) }

  /// Time outside of all nodes: starting and ending the executor, triggers, releasing compiled code.
  public var outside: Double? {
    guard let whole = plan.executionTime, let root = times.inclusive.first else { return nil }
    return max(0, whole - root)
  }
}
