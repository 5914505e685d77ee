/// The two tables under a plan: exclusive time per node type, and per table with its kinds of scan. Shares are of the execution time.
public struct ExplainTables: Sendable {
  public struct TypeRow: Hashable, Sendable {
    public let label: SafeText
    public let count: Int
    /// Milliseconds.
    public let time: Double
    public let share: Double?
  }

  public struct Scan: Hashable, Sendable {
    public let label: SafeText
    public let count: Int
    public let time: Double
    /// Of the time of its table.
    public let share: Double?
  }

  public struct Relation: Hashable, Sendable {
    public let name: SafeText
    /// Nodes that read the relation itself; index scans for a bitmap are not among them.
    public let scans: Int
    /// Rows that came out of them, over all loops; nil where nothing was counted.
    public let rows: Double?
    public let time: Double
    public let share: Double?
    public let kinds: [Scan]
  }

  /// The longest first.
  public let types: [TypeRow]
  public let relations: [Relation]

  public init(_ plan: ExplainPlan, _ times: ExplainTimes) {
    let whole = ExplainTables.whole(plan, times)
    types = Self.types(plan, times, whole)
    relations = Self.relations(plan, times, whole)
  }

  /// What shares are of: the execution time, or the root's where that was not printed; nil where nothing ran.
  public static func whole(_ plan: ExplainPlan, _ times: ExplainTimes) -> Double? {
    guard plan.isAnalyzed else { return nil }
    let time = plan.executionTime ?? times.inclusive.first ?? 0
    return time > 0 ? time : nil
  }

  private static func types(_ plan: ExplainPlan, _ times: ExplainTimes, _ whole: Double?) -> [TypeRow] {
    var sums: [SafeText: (count: Int, time: Double)] = [:]
    for index in plan.nodes.indices {
      let label = plan.nodes[index].label
      sums[label, default: (0, 0)].count += 1
      sums[label, default: (0, 0)].time += times.exclusive[index]
    }
    return sums.map { label, sum in
      TypeRow(label: label, count: sum.count, time: sum.time, share: whole.map { sum.time / $0 })
    }.sorted { ($1.time, $0.label.text) < ($0.time, $1.label.text) }
  }

  private struct Sum {
    var scans = 0
    var rows: Double?
    var time = 0.0
    var kinds: [SafeText: (count: Int, time: Double)] = [:]
  }

  private static func relations(_ plan: ExplainPlan, _ times: ExplainTimes, _ whole: Double?) -> [Relation] {
    var sums: [SafeText: Sum] = [:]
    for (index, node) in plan.nodes.enumerated() {
      guard let name = relation(of: index, plan) else { continue }
      var sum = sums[name] ?? Sum()
      // What writes names its relation as well; it is no scan.
      if node.relation != nil, node.type != "ModifyTable" {
        sum.scans += 1
        if let rows = node.totalRows { sum.rows = (sum.rows ?? 0) + rows }
      }
      sum.time += times.exclusive[index]
      let label = node.label
      sum.kinds[label, default: (0, 0)].count += 1
      sum.kinds[label, default: (0, 0)].time += times.exclusive[index]
      sums[name] = sum
    }
    return sums.map { relation($0.key, $0.value, whole) }.sorted { ($1.time, $0.name.text) < ($0.time, $1.name.text) }
  }

  private static func relation(_ name: SafeText, _ sum: Sum, _ whole: Double?) -> Relation {
    let kinds = sum.kinds.map { label, kind in
      Scan(label: label, count: kind.count, time: kind.time, share: sum.time > 0 ? kind.time / sum.time : nil)
    }.sorted { ($1.time, $0.label.text) < ($0.time, $1.label.text) }
    return Relation(
      name: name, scans: sum.scans, rows: sum.rows, time: sum.time, share: whole.map { sum.time / $0 }, kinds: kinds)
  }

  /// The relation a node reads. An index scan for a bitmap names none: it works for the nearest node above that does.
  static func relation(of index: Int, _ plan: ExplainPlan) -> SafeText? {
    if let own = plan.nodes[index].qualifiedRelation { return own }
    guard plan.nodes[index].type == "Bitmap Index Scan" else { return nil }
    var above = plan.nodes[index].parent
    while let place = above {
      if let name = plan.nodes[place].qualifiedRelation { return name }
      above = plan.nodes[place].parent
    }
    return nil
  }
}
