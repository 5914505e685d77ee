/// Rules about how nodes work together.
enum ExplainJoinRules {
  static let ofNode: [ExplainRules.OfNode] = [wrongJoin, inner, correlated]

  private static func count(_ value: Double) -> SafeText { Units.count(Int(clamped: value)) }

  private static func child(_ index: Int, _ kind: ExplainNode.Relationship, _ facts: ExplainFacts) -> Int? {
    facts.node(index).children.first { facts.node($0).relationship == kind }
  }

  static let wrongJoin: ExplainRules.OfNode = { facts, index in
    guard facts.node(index).type == "Nested Loop", let outer = child(index, .outer, facts) else { return nil }
    let below = facts.plan.subtree(of: outer)
    guard let origin = facts.estimates.origins.first(where: { below.contains($0) }), let estimate = facts.estimates.list[origin],
      estimate.isUnder, let rows = facts.node(outer).totalRows
    else { return nil }
    return ExplainAdvice(
      "R6", index, .warning, "a nested loop over \(count(rows)) rows, chosen for far fewer (node \(origin + 1))",
      "with the right number the planner may take a hash join: mend the estimate first")
  }

  static let inner: ExplainRules.OfNode = { facts, index in
    let node = facts.node(index)
    guard node.relationship == .inner, node.loops >= 1000, let share = facts.inclusiveShare(index), share >= 0.5 else { return nil }
    guard let parent = node.parent, facts.node(parent).type == "Nested Loop" else { return nil }
    return ExplainAdvice(
      "R7", index, .warning, "\(count(node.loops)) loops of the inner side are \(Units.percent(share)) of the query",
      "an index on the inner join key is missing, or work_mem keeps a hash join from being chosen")
  }

  static let correlated: ExplainRules.OfNode = { facts, index in
    let node = facts.node(index)
    guard node.relationship == .subPlan, node.loops >= 100, let share = facts.inclusiveShare(index), share >= 0.1 else { return nil }
    return ExplainAdvice(
      "R11", index, .warning, "a subquery ran \(count(node.loops)) times: \(Units.percent(share)) of the query",
      "it depends on the row outside: a join, LATERAL, or an index for its condition")
  }
}
