/// A plan as the server printed it. Times in milliseconds, as everywhere in PostgreSQL's plans.
public struct ExplainPlan: Sendable {
  public struct Trigger: Hashable, Sendable {
    public internal(set) var name: SafeText = "?"
    public internal(set) var constraint: SafeText?
    public internal(set) var relation: SafeText?
    public internal(set) var time: Double?
    public internal(set) var calls: Double?
  }

  public struct Compilation: Hashable, Sendable {
    public internal(set) var functions: Double?
    /// Generation, inlining, optimisation and emission together.
    public internal(set) var total: Double?
  }

  public internal(set) var nodes: [ExplainNode] = []
  public internal(set) var planningTime: Double?
  /// Nil without ANALYZE.
  public internal(set) var executionTime: Double?
  public internal(set) var triggers: [Trigger] = []
  public internal(set) var compilation: Compilation?
  public internal(set) var settings: [(name: SafeText, value: SafeText)] = []
  /// What auto_explain writes beside the plan.
  public internal(set) var query: SafeText?
  /// Plans that stood in the text behind this one.
  public internal(set) var others = 0

  init() {}

  /// Whether it was executed: without, there are estimates only.
  public var isAnalyzed: Bool { nodes.first?[.loops] != nil && nodes.first?[.totalTime] != nil }

  /// Whether times were taken; ANALYZE can go without.
  public var hasRows: Bool { nodes.first?[.loops] != nil }

  /// Places of a node and all below it.
  func subtree(of index: Int) -> Range<Int> {
    index..<max(index + 1, nodes[index].end)
  }
}

/// Why a text could not be read as a plan.
public enum ExplainProblem: Error, Hashable, Sendable {
  case notJSON(place: Int)
  case noPlan
  case tooLarge(limit: Int)

  public var sentence: SafeText {
    switch self {
    case .notJSON(let place):
      "no JSON at byte \(place): it takes the output of EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON), or what auto_explain logs with log_format json"
    case .noPlan: "JSON, but there is no \"Plan\" in it: it takes the output of EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON)"
    case .tooLarge(let limit): "the plan has more than \(Units.count(limit)) nodes"
    }
  }
}
