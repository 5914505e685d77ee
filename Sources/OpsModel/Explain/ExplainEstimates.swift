/// Rows as the planner expected them against rows as they came.
public struct ExplainEstimates: Sendable {
  public struct Estimate: Hashable, Sendable {
    /// Rows over all loops and processes.
    public let expected: Double
    public let actual: Double
    /// Whether the factor says anything: under a LIMIT, in a bitmap, at a Gather and the like it does not.
    public let isJudged: Bool

    /// How many times too few or too many; 1 is exact.
    public var factor: Double {
      let ratio = max(expected, 1) / max(actual, 1)
      return max(ratio, 1 / ratio)
    }

    /// Fewer were expected than came.
    public var isUnder: Bool { max(expected, 1) < max(actual, 1) }
  }

  public private(set) var list: [Estimate?]
  /// Nodes where a misestimate of ten and more begins: none of those below it is as wrong.
  public private(set) var origins: [Int] = []

  static let wrong = 10.0
  static let fewRows = 1_000.0

  public init(_ plan: ExplainPlan) {
    let partial = Self.partial(plan)
    let limited = Self.limited(plan)
    let workers = Self.workers(plan)
    list = plan.nodes.indices.map { index in
      let node = plan.nodes[index]
      guard let rows = node[.planRows], let actual = node.totalRows, node.isExecuted else { return nil }
      var expected = rows * node.loops
      if let gather = workers[index], partial[index] { expected = rows * gather.divisor * gather.loops }
      let isJudged = !limited[index] && !Self.isNeverJudged(index, plan) && !(rows == 1 && actual == 0)
      return Estimate(expected: expected, actual: actual, isJudged: isJudged)
    }
    origins = findOrigins(plan)
  }

  private func isWrong(_ index: Int, _ plan: ExplainPlan) -> Bool {
    guard let estimate = list[index], estimate.isJudged, estimate.factor >= Self.wrong else { return false }
    return max(estimate.expected, estimate.actual) >= Self.fewRows
  }

  private func findOrigins(_ plan: ExplainPlan) -> [Int] {
    var hasWrong = [Bool](repeating: false, count: plan.nodes.count)
    var origins: [Int] = []
    for index in plan.nodes.indices.reversed() {
      let below = plan.nodes[index].children.contains { hasWrong[$0] }
      let own = isWrong(index, plan)
      if own && !below { origins.append(index) }
      hasWrong[index] = below || own
    }
    return origins.reversed()
  }

  /// Whether a node's rows are divided among processes: it, or what it takes its rows from first, is aware of being parallel.
  private static func partial(_ plan: ExplainPlan) -> [Bool] {
    var out = plan.nodes.map(\.isParallelAware)
    for index in plan.nodes.indices.reversed() where !out[index] && !plan.nodes[index].isGather {
      let first = plan.nodes[index].children.first { plan.nodes[$0].relationship == .outer || plan.nodes[$0].relationship == .member }
      if let first { out[index] = out[first] }
    }
    return out
  }

  /// Of nodes below a Gather, by what their rows were divided when they were planned.
  private static func workers(_ plan: ExplainPlan) -> [(divisor: Double, loops: Double)?] {
    var out = [(divisor: Double, loops: Double)?](repeating: nil, count: plan.nodes.count)
    for index in plan.nodes.indices {
      guard let parent = plan.nodes[index].parent, plan.nodes[index].relationship != .initPlan else { continue }
      if plan.nodes[parent].isGather, let planned = plan.nodes[parent][.workersPlanned] {
        out[index] = (planned + max(0, 1 - 0.3 * planned), plan.nodes[parent].loops)
      } else {
        out[index] = out[parent]
      }
    }
    return out
  }

  private static let blocking: Set<SafeText> = ["Sort", "Aggregate", "Hash", "Materialize", "WindowAgg"]

  /// Nodes that a LIMIT above may have stopped early.
  private static func limited(_ plan: ExplainPlan) -> [Bool] {
    var out = [Bool](repeating: false, count: plan.nodes.count)
    for index in plan.nodes.indices {
      guard let parent = plan.nodes[index].parent, plan.nodes[index].relationship != .initPlan else { continue }
      let above = plan.nodes[parent].type
      out[index] = above == "Limit" || (out[parent] && !blocking.contains(above))
    }
    return out
  }

  private static let unjudged: Set<SafeText> = ["Bitmap Index Scan", "BitmapAnd", "BitmapOr", "Gather", "Gather Merge", "Hash"]

  private static func isNeverJudged(_ index: Int, _ plan: ExplainPlan) -> Bool {
    let node = plan.nodes[index]
    if unjudged.contains(node.type) { return true }
    guard let parent = node.parent else { return false }
    let above = plan.nodes[parent]
    if node.relationship == .inner, let kind = above[text: "Join Type"], kind.text.hasSuffix("Semi") || kind.text.hasSuffix("Anti") {
      return true
    }
    // Members of a parallel append were planned for workers of their own, whose number is not printed.
    guard above.type == "Append", above.isParallelAware, let rows = node[.planRows], let actual = node.totalRows else { return false }
    return max(rows / max(actual, 1), actual / max(rows, 1)) < 4
  }
}
