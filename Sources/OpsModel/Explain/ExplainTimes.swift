/// How much of the wall clock each node took for itself.
///
/// PostgreSQL prints averages per loop, and for parallel nodes per process. A node's inclusive time is
/// `total time × loops ÷ processes`; its exclusive time is that less what its children took. InitPlans are taken from the node that first
/// needed them and common table expressions from the scans that pulled them, since their time passed there and not where they are printed.
public struct ExplainTimes: Sendable {
  /// Milliseconds of the wall clock, by node.
  public private(set) var inclusive: [Double]
  public private(set) var exclusive: [Double]
  /// How far off each inclusive time may be, since averages are printed with three decimals.
  public let bounds: [Double]
  /// What was cut off where children told more than their parent.
  public private(set) var clamped = 0.0
  /// Time of common table expressions that no scan accounts for: it passed after the root was done.
  public private(set) var unplaced = 0.0
  /// Which InitPlan or CTE was taken from which node, and how much of it.
  public private(set) var charges: [(from: Int, to: Int, time: Double)] = []

  public init(_ plan: ExplainPlan) {
    let processes = Self.processes(plan)
    inclusive = plan.nodes.indices.map { index in
      (plan.nodes[index][.totalTime] ?? 0) * plan.nodes[index].loops / processes[index]
    }
    bounds = plan.nodes.indices.map { 0.0005 * plan.nodes[$0].loops / processes[$0] }
    exclusive = []
    levelOut(plan)
    exclusive = inclusive
    for index in plan.nodes.indices where plan.nodes[index].relationship != .initPlan {
      if let parent = plan.nodes[index].parent { exclusive[parent] -= inclusive[index] }
    }
    for index in plan.nodes.indices where plan.nodes[index].isInitPlan { chargeInitPlan(index, plan) }
    for index in plan.nodes.indices where plan.nodes[index].cteName != nil { chargeCTE(index, plan) }
    for index in exclusive.indices where exclusive[index] < 0 {
      clamped -= exclusive[index]
      exclusive[index] = 0
    }
  }

  /// How many processes shared the wall clock at each node: counted by how often a Gather's child really ran, since the leader may
  /// not take part and workers may not have started.
  private static func processes(_ plan: ExplainPlan) -> [Double] {
    var out = [Double](repeating: 1, count: plan.nodes.count)
    // By place and not by value: a node holds a dozen texts, and copying it touches each.
    for index in plan.nodes.indices {
      guard let parent = plan.nodes[index].parent, plan.nodes[index].relationship != .initPlan else { continue }
      out[index] = out[parent]
      let loops = plan.nodes[parent].loops
      // A subquery of the Gather itself runs in the leader: its loops are its own.
      if plan.nodes[parent].isGather, loops > 0, plan.nodes[index].relationship == .outer {
        out[index] *= max(1, plan.nodes[index].loops / loops)
      }
    }
    return out
  }

  /// Averages are rounded: where children seem to take more than their parent by no more than rounding explains, the side whose
  /// rounding is coarser gives way.
  private mutating func levelOut(_ plan: ExplainPlan) {
    for index in plan.nodes.indices.reversed() {
      guard let (excess, bound) = excess(at: index, plan), bounds[index] >= bound else { continue }
      inclusive[index] += excess
    }
    for index in plan.nodes.indices {
      guard let (excess, bound) = excess(at: index, plan), bound > 0 else { continue }
      for child in plan.nodes[index].children where plan.nodes[child].relationship != .initPlan {
        inclusive[child] = max(0, inclusive[child] - excess * bounds[child] / bound)
      }
    }
  }

  /// By how much the children tell more than the node, and their bounds together; nil where rounding does not explain it.
  private func excess(at index: Int, _ plan: ExplainPlan) -> (Double, Double)? {
    var sum = 0.0
    var bound = 0.0
    for child in plan.nodes[index].children where plan.nodes[child].relationship != .initPlan {
      sum += inclusive[child]
      bound += bounds[child]
    }
    let excess = sum - inclusive[index]
    return excess > 0 && excess <= bound + bounds[index] + 1e-9 ? (excess, bound) : nil
  }

  private mutating func chargeInitPlan(_ index: Int, _ plan: ExplainPlan) {
    guard plan.nodes[index].isExecuted, let user = ExplainParameters.user(of: index, plan, remaining: exclusive, needs: inclusive[index])
    else { return }
    exclusive[user] -= inclusive[index]
    charges.append((index, user, inclusive[index]))
  }

  /// A common table expression runs as far as its scans pull it: usually one of them pulls all, and the others read what is stored.
  private mutating func chargeCTE(_ index: Int, _ plan: ExplainPlan) {
    guard let name = plan.nodes[index].cteName, let home = plan.nodes[index].parent else { return }
    let own = plan.subtree(of: index)
    let scans = plan.subtree(of: home).filter {
      !own.contains($0) && plan.nodes[$0].type == "CTE Scan" && plan.nodes[$0][text: "CTE Name"] == name && plan.nodes[$0].isExecuted
    }
    var left = inclusive[index]
    for scan in scans.sorted(by: { exclusive[$0] > exclusive[$1] }) where left > 0 {
      let part = min(left, max(0, exclusive[scan]))
      exclusive[scan] -= part
      left -= part
      if part > 0 { charges.append((index, scan, part)) }
    }
    unplaced += left
  }

  /// What rounding may have added to or taken from the sum of a plan.
  public var bound: Double { bounds.reduce(0, +) }
}
