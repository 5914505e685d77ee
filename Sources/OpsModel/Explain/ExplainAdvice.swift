/// What a plan suggests, with the numbers that say so. Never an order: evidence, and how to check it.
public struct ExplainAdvice: Hashable, Sendable {
  /// `R2` and so on, stable for scripts.
  public let rule: SafeText
  /// The node it is about; nil where it is about the whole.
  public let node: Int?
  public let severity: Severity
  /// What was measured.
  public let evidence: SafeText
  /// What can be tried, and how to see whether it helps.
  public let hint: SafeText

  /// All that a plan gives rise to, by node; only what was executed is judged.
  public static func all(_ plan: ExplainPlan, _ times: ExplainTimes, _ estimates: ExplainEstimates) -> [ExplainAdvice] {
    guard plan.hasRows else { return [] }
    let facts = ExplainFacts(plan: plan, times: times, estimates: estimates)
    var out: [ExplainAdvice] = []
    for index in plan.nodes.indices where plan.nodes[index].isExecuted {
      for rule in ExplainRules.ofNode + ExplainJoinRules.ofNode {
        if let advice = rule(facts, index) { out.append(advice) }
      }
    }
    return out + ExplainRules.ofPlan.flatMap { $0(facts) }
  }

  init(_ rule: SafeText, _ node: Int?, _ severity: Severity, _ evidence: SafeText, _ hint: SafeText) {
    self.rule = rule
    self.node = node
    self.severity = severity
    self.evidence = evidence
    self.hint = hint
  }
}

/// What rules look at.
struct ExplainFacts {
  let plan: ExplainPlan
  let times: ExplainTimes
  let estimates: ExplainEstimates

  var whole: Double { ExplainTables.whole(plan, times) ?? 0 }

  func node(_ index: Int) -> ExplainNode { plan.nodes[index] }

  /// Of the whole query; nil where nothing was timed.
  func share(_ index: Int) -> Double? { plan.isAnalyzed && whole > 0 ? times.exclusive[index] / whole : nil }

  func inclusiveShare(_ index: Int) -> Double? { plan.isAnalyzed && whole > 0 ? times.inclusive[index] / whole : nil }

  /// Rows over all loops of a number that is printed as an average per loop.
  func total(_ field: ExplainField, _ index: Int) -> Double? { node(index)[field].map { $0 * node(index).loops } }
}
