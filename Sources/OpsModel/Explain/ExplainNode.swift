/// One node of a plan. Nodes stand in a flat list, parents before their children.
public struct ExplainNode: Sendable {
  public enum Relationship: String, Sendable {
    case outer = "Outer"
    case inner = "Inner"
    case member = "Member"
    case subquery = "Subquery"
    case initPlan = "InitPlan"
    case subPlan = "SubPlan"
  }

  /// Place of the parent in the list; nil for the root.
  public let parent: Int?
  public let depth: Int
  public internal(set) var children: [Int] = []
  /// The place behind the last node below it.
  public internal(set) var end = 0
  public internal(set) var type: SafeText = "?"
  public internal(set) var relationship: Relationship?
  public internal(set) var isParallelAware = false
  /// Everything else that is text: conditions, keys, names, methods; lists are joined with a comma.
  public internal(set) var texts: [(name: SafeText, value: SafeText)] = []
  private var numbers: [(field: ExplainField, value: Double)] = []
  /// Times the executor ran it; 0 where it never did, or was not asked to.
  public private(set) var loops = 0.0
  /// What a person calls it: `Parallel Seq Scan`, `Finalize GroupAggregate`, `Hash Right Join`, `Update`.
  public internal(set) var label: SafeText = "?"

  init(parent: Int?, depth: Int) {
    self.parent = parent
    self.depth = depth
  }

  /// A number of the node; nil where it was not asked for or does not apply. Never to be read as zero.
  public subscript(field: ExplainField) -> Double? { numbers.first { $0.field == field }?.value }

  public subscript(text name: SafeText) -> SafeText? { texts.first { $0.name == name }?.value }

  /// Whether any of its texts could name a parameter: most do not, and need not be searched for each.
  var mayReadParameters: Bool {
    texts.contains { text in
      text.value.text.utf8.contains(UInt8(ascii: "$")) || text.name == "Params Evaluated" || text.value.text.range(of: "InitPlan") != nil
    }
  }

  mutating func set(_ field: ExplainField, _ value: Double) {
    numbers.append((field, value))
    if field == .loops { loops = value }
  }

  /// Loops 0: the executor never came here.
  public var isExecuted: Bool { loops > 0 }
  public var relation: SafeText? { self[text: "Relation Name"] }
  public var isGather: Bool { type == "Gather" || type == "Gather Merge" }
  public var subplanName: SafeText? { self[text: "Subplan Name"] }

  /// The name of the common table expression that this subtree computes.
  public var cteName: SafeText? {
    guard relationship == .initPlan, let name = subplanName, name.text.hasPrefix("CTE ") else { return nil }
    return SafeText(checked: String(name.text.dropFirst(4)))
  }

  /// A value that is computed when it is first needed, and not a common table expression.
  public var isInitPlan: Bool { relationship == .initPlan && cteName == nil }

  /// Rows over all loops.
  public var totalRows: Double? { self[.rows].map { $0 * loops } }
}
