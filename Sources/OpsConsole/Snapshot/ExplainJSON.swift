import OpsModel

/// A plan and what was reckoned of it, for scripts and for people.
struct ExplainJSON {
  let analysis: ExplainAnalysis
  var statement: SafeText?
  var notices: [Notice] = []

  private func seconds(_ milliseconds: Double?) -> JSONText { .optional(milliseconds.map { $0 / 1000 }) }

  var json: JSONText {
    let plan = analysis.plan
    let head: [(StaticString, JSONText)] = [
      ("schema", .int(1)), ("analyzed", .bool(plan.hasRows)), ("timed", .bool(plan.isAnalyzed)),
      ("execution_seconds", seconds(plan.executionTime)),
      ("planning_seconds", seconds(plan.planningTime)), ("jit_seconds", seconds(plan.compilation?.total)),
      ("root_seconds", plan.isAnalyzed ? seconds(analysis.times.inclusive.first) : .null),
      ("outside_nodes_seconds", seconds(analysis.outside)),
      ("clamped_seconds", seconds(analysis.times.clamped)), ("after_root_seconds", seconds(analysis.times.unplaced)),
    ]
    let isTimed = plan.isAnalyzed
    let body: [(StaticString, JSONText)] = [
      ("statement", .optional(statement ?? plan.query)), ("notices", .array(notices.map { .text($0.text) })),
      ("nodes", .array(plan.nodes.indices.map { node($0) })),
      ("node_types", isTimed ? JSONText.array(analysis.tables.types.map { type($0) }) : .null),
      ("tables", isTimed ? JSONText.array(analysis.tables.relations.map { relation($0) }) : .null),
      ("triggers", .array(plan.triggers.map { trigger($0) })), ("advice", .array(analysis.advice.map { advice($0) })),
    ]
    return .object(head + body)
  }

  private func node(_ index: Int) -> JSONText {
    let plan = analysis.plan
    let node = plan.nodes[index]
    let estimate = analysis.estimates.list[index]
    let parent: JSONText = node.parent.map { JSONText.int($0 + 1) } ?? .null
    let isTimed = plan.isAnalyzed
    let share: JSONText = .optional(analysis.whole.map { analysis.times.exclusive[index] / $0 })
    let times: [(StaticString, JSONText)] = [
      ("number", .int(index + 1)), ("parent", parent), ("depth", .int(node.depth)), ("label", .text(node.label)),
      ("object", .optional(node.object)), ("relation", .optional(node.qualifiedRelation)),
      ("exclusive_seconds", isTimed ? seconds(analysis.times.exclusive[index]) : .null),
      ("inclusive_seconds", isTimed ? seconds(analysis.times.inclusive[index]) : .null),
      ("uncertain_seconds", isTimed ? seconds(analysis.times.bounds[index]) : .null), ("share", share),
    ]
    let counts: [(StaticString, JSONText)] = [
      ("loops", .optional(node[.loops])), ("rows", .optional(node.totalRows)),
      ("expected_rows", .optional(estimate?.expected ?? node[.planRows])),
      ("estimate_factor", .optional(estimate?.factor)), ("estimate_judged", .optional(estimate?.isJudged)),
      ("total_cost", .optional(node[.totalCost])), ("shared_hit_blocks", .optional(node[.sharedHit])),
      ("shared_read_blocks", .optional(node[.sharedRead])), ("temp_written_blocks", .optional(node[.tempWritten])),
    ]
    return .object(times + counts)
  }

  private func type(_ row: ExplainTables.TypeRow) -> JSONText {
    let fields: [(StaticString, JSONText)] = [
      ("type", .text(row.label)), ("count", .int(row.count)), ("seconds", seconds(row.time)), ("share", .optional(row.share)),
    ]
    return .object(fields)
  }

  private func relation(_ row: ExplainTables.Relation) -> JSONText {
    let kinds = row.kinds.map { kind in
      JSONText.object([
        ("scan", .text(kind.label)), ("count", .int(kind.count)), ("seconds", seconds(kind.time)),
        ("share_of_table", .optional(kind.share)),
      ])
    }
    let fields: [(StaticString, JSONText)] = [
      ("table", .text(row.name)), ("scans", .int(row.scans)), ("rows", .optional(row.rows)), ("seconds", seconds(row.time)),
      ("share", .optional(row.share)), ("kinds", .array(kinds)),
    ]
    return .object(fields)
  }

  private func trigger(_ value: ExplainPlan.Trigger) -> JSONText {
    let fields: [(StaticString, JSONText)] = [
      ("name", .text(value.name)), ("constraint", .optional(value.constraint)), ("relation", .optional(value.relation)),
      ("seconds", seconds(value.time)), ("calls", .optional(value.calls)),
    ]
    return .object(fields)
  }

  private func advice(_ value: ExplainAdvice) -> JSONText {
    let fields: [(StaticString, JSONText)] = [
      ("rule", .text(value.rule)), ("node", .optional(value.node.map { $0 + 1 })), ("evidence", .text(value.evidence)),
      ("hint", .text(value.hint)),
    ]
    return .object(fields)
  }
}
