import OpsModel

/// A plan as lines of text: tree, the two tables, advice.
struct ExplainText {
  let analysis: ExplainAnalysis
  var notices: [Notice] = []

  var lines: [SafeText] {
    var lines = notices.map { "note: \($0.text)" as SafeText }
    lines += summary
    lines += tree
    if analysis.plan.isAnalyzed { lines += tables }
    for advice in analysis.advice {
      let place: SafeText = advice.node.map { "node \($0 + 1): " } ?? ""
      lines.append("\(advice.rule) \(place)\(advice.evidence)")
      lines.append("   \(advice.hint)")
    }
    return lines
  }

  /// Milliseconds with three decimals, without a unit.
  static func ms(_ value: Double) -> SafeText {
    let scaled = abs(Int(clamped: value * 1000))
    let fraction = SafeText("\(scaled % 1000)")
    return "\(scaled / 1000).\(SafeText.join([SafeText](repeating: "0", count: 3 - fraction.text.count), ""))\(fraction)"
  }

  private static func percent(_ share: Double?) -> SafeText {
    guard let share else { return "—" }
    let scaled = Int(clamped: share * 1000)
    return "\(scaled / 10).\(scaled % 10)"
  }

  private var summary: [SafeText] {
    let plan = analysis.plan
    var words: [SafeText] = ["\(Units.count(plan.nodes.count, "node"))"]
    if let time = plan.executionTime { words.append("execution \(Self.ms(time)) ms") }
    if let time = plan.planningTime { words.append("planning \(Self.ms(time)) ms") }
    if let time = plan.compilation?.total { words.append("JIT \(Self.ms(time)) ms") }
    for trigger in plan.triggers { if let time = trigger.time { words.append("trigger \(trigger.name) \(Self.ms(time)) ms") } }
    if let time = analysis.outside { words.append("outside of nodes \(Self.ms(time)) ms") }
    if analysis.times.unplaced > 0.0005 { words.append("after the root \(Self.ms(analysis.times.unplaced)) ms") }
    if !plan.hasRows { words.append("estimated, not run") } else if !plan.isAnalyzed { words.append("counted without times") }
    if plan.others > 0 { words.append("\(plan.others) more plans stand behind this one") }
    return [SafeText.join(words, ", ")]
  }

  private var tree: [SafeText] {
    let plan = analysis.plan
    let rows = plan.nodes.indices.map { index -> [SafeText] in
      let node = plan.nodes[index]
      let indent = SafeText.join([SafeText](repeating: "  ", count: min(node.depth, 40)), "")
      let object: SafeText = node.object.map { "  \($0)" } ?? ""
      let name: SafeText = "\(indent)\(node.label)\(object)"
      if plan.hasRows && !plan.isAnalyzed {
        let factor = analysis.estimates.list[index].map { "\(Units.short($0.factor))x \($0.isUnder ? "under" : "over")" as SafeText } ?? "—"
        return [
          "\(index + 1)", node.totalRows.map { Units.count(Int(clamped: $0)) } ?? "—", factor, Units.count(Int(clamped: node.loops)), name,
        ]
      }
      guard plan.isAnalyzed else {
        return [
          "\(index + 1)", node[.planRows].map { Units.count(Int(clamped: $0)) } ?? "—", node[.totalCost].map { Self.ms($0) } ?? "—", name,
        ]
      }
      guard node.isExecuted else { return ["\(index + 1)", "—", "—", "—", "—", "—", "0", "\(name)  (never executed)"] }
      let estimate = analysis.estimates.list[index]
      let factor: SafeText = estimate.map { $0.factor < 2 ? "ok" : "\(Units.short($0.factor))x \($0.isUnder ? "under" : "over")" } ?? "—"
      return [
        "\(index + 1)", Self.ms(analysis.times.exclusive[index]), Self.percent(analysis.whole.map { analysis.times.exclusive[index] / $0 }),
        Self.ms(analysis.times.inclusive[index]), node.totalRows.map { Units.count(Int(clamped: $0)) } ?? "—", factor,
        Units.count(Int(clamped: node.loops)), name,
      ]
    }
    let counted: [SafeText] = ["#", "ROWS", "ESTIMATE", "LOOPS", "NODE"]
    if plan.hasRows && !plan.isAnalyzed { return [""] + SnapshotTable.table(counted, rows) }
    let head: [SafeText] =
      plan.isAnalyzed ? ["#", "SELF ms", "%", "TOTAL ms", "ROWS", "ESTIMATE", "LOOPS", "NODE"] : ["#", "ROWS", "COST", "NODE"]
    return [""] + SnapshotTable.table(head, rows)
  }

  private var tables: [SafeText] {
    let types = analysis.tables.types.map { [$0.label, Units.count($0.count), Self.ms($0.time), Self.percent($0.share)] }
    var rows: [[SafeText]] = []
    for relation in analysis.tables.relations {
      rows.append([
        relation.name, Units.count(relation.scans), relation.rows.map { Units.count(Int(clamped: $0)) } ?? "—", Self.ms(relation.time),
        Self.percent(relation.share),
      ])
      for kind in relation.kinds {
        rows.append(["  \(kind.label)", Units.count(kind.count), "", Self.ms(kind.time), "\(Self.percent(kind.share)) of table"])
      }
    }
    let first = [""] + SnapshotTable.table(["PER NODE TYPE", "COUNT", "SUM ms", "% OF QUERY"], types)
    return first + (rows.isEmpty ? [] : [""] + SnapshotTable.table(["PER TABLE", "SCANS", "ROWS", "TIME ms", "%"], rows)) + [""]
  }
}
