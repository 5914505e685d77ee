import Canvas
import Console
import OpsModel
import Synchronization

/// A plan as lines: advice, the tree, the two tables, what lies outside of the nodes.
struct PlanLines {
  private(set) var lines: [PlanLine] = []
  private let analysis: ExplainAnalysis

  private let width: Int

  private struct Key: Equatable {
    let request: PlanRequest
    let at: Moment
    let open: Set<Int>
    let width: Int
  }

  private static let last = Mutex<(key: Key, lines: [PlanLine])?>(nil)

  /// The lines of a plan as they were made for the frame before, where nothing changed: there may be tens of thousands.
  static func of(_ document: PlanDocument, open: Set<Int>, width: Int) -> [PlanLine] {
    let key = Key(request: document.request, at: document.at, open: open, width: width)
    if let found = last.withLock({ $0?.key == key ? $0?.lines : nil }) { return found }
    let made = PlanLines(document, open: open, width: width).lines
    last.withLock { $0 = (key, made) }
    return made
  }

  /// - Parameter width: columns; what is longer is wrapped.
  init(_ document: PlanDocument, open: Set<Int>, width: Int) {
    self.width = max(20, width - 2)
    analysis = document.analysis
    for notice in document.notices { text(notice.text, notice.severity >= .warning ? .warning : .faint) }
    summary()
    advice()
    for index in analysis.plan.nodes.indices {
      lines.append(PlanLine(.node(index), node: index))
      if open.contains(index) { details(index) }
    }
    if analysis.plan.isAnalyzed { tables() }
    statement(document.statement)
  }

  private mutating func text(_ words: SafeText, _ role: Role, node: Int? = nil) {
    for line in TextWrap.lines(words, width: width).prefix(40) { lines.append(PlanLine(.text(line, role), node: node)) }
  }

  private static func ms(_ value: Double) -> SafeText { PlanNumbers.ms(value) }

  private mutating func summary() {
    let plan = analysis.plan
    if plan.hasRows && !plan.isAnalyzed {
      let time = plan.executionTime.map { ", execution \(Self.ms($0))" as SafeText } ?? ""
      return text("counted without times (TIMING OFF): rows and loops of \(Units.count(plan.nodes.count, "node"))\(time)", .text)
    }
    guard plan.isAnalyzed else {
      let cost = plan.nodes.first?[.totalCost].map { Units.count(Int(clamped: $0)) } ?? "?"
      return text("estimated, not run: cost \(cost), \(Units.count(plan.nodes.count, "node")); no times, no rows", .text)
    }
    var words: [SafeText] = ["\(Units.count(plan.nodes.count, "node"))"]
    if let time = plan.executionTime { words.append("execution \(Self.ms(time))") }
    if let time = plan.planningTime { words.append("planning \(Self.ms(time))") }
    if let time = plan.compilation?.total { words.append("JIT \(Self.ms(time))") }
    for trigger in plan.triggers { if let time = trigger.time { words.append("trigger \(trigger.name) \(Self.ms(time))") } }
    if let time = analysis.outside { words.append("outside of nodes \(Self.ms(time))") }
    if analysis.times.unplaced > 0.0005 { words.append("after the root \(Self.ms(analysis.times.unplaced))") }
    text(SafeText.join(words, " · "), .text)
  }

  /// Pieces of advice that are shown: the tree must not be pushed out of sight.
  private static let shownAdvice = 12

  private mutating func advice() {
    for advice in analysis.advice.prefix(Self.shownAdvice) {
      let place: SafeText = advice.node.map { "node \($0 + 1): " } ?? ""
      let role: Role = advice.severity == .critical ? .critical : (advice.severity == .warning ? .warning : .faint)
      text("\(advice.rule) \(place)\(advice.evidence)", role, node: advice.node)
      text("   \(advice.hint)", .faint, node: advice.node)
    }
    let more = analysis.advice.count - Self.shownAdvice
    if more > 0 { text("and \(Units.count(more)) more like these; queries explain lists all", .faint) }
  }

  private static let hidden: Set<SafeText> = [
    "Parallel Aware", "Async Capable", "Parent Relationship", "Node Type", "Relation Name", "Schema", "Alias", "Strategy", "Partial Mode",
    "Join Type", "Scan Direction", "Operation", "Index Name", "Inner Unique",
  ]

  private mutating func details(_ index: Int) {
    let node = analysis.plan.nodes[index]
    for (name, value) in node.texts where !Self.hidden.contains(name) && !value.isEmpty {
      text("      \(name): \(value)", .faint, node: index)
    }
    let fields: [ExplainField] = [
      .removedByFilter, .removedByJoinFilter, .removedByRecheck, .sharedHit, .sharedRead, .sharedDirtied, .sharedWritten, .tempRead,
      .tempWritten, .sortSpace, .peakMemory, .hashBatches, .plannedBatches, .diskUsage, .heapFetches, .exactBlocks, .lossyBlocks,
      .cacheHits,
      .cacheMisses, .cacheEvictions, .workersPlanned, .workersLaunched, .subplansRemoved,
    ]
    let shown = fields.compactMap { field -> SafeText? in
      guard let value = node[field], value != 0 else { return nil }
      return "\(SafeText(escaping: field.rawValue)) \(Units.count(Int(clamped: value)))"
    }
    if !shown.isEmpty { text("      \(SafeText.join(shown, ", "))", .faint, node: index) }
    for charge in analysis.times.charges where charge.to == index {
      text("      less \(Self.ms(charge.time)) of node \(charge.from + 1), which ran inside it", .faint, node: index)
    }
  }

  private mutating func tables() {
    lines.append(PlanLine(.heading("per node type")))
    lines.append(PlanLine(.columns(["", "count", "sum of times", "% of query"])))
    for row in analysis.tables.types {
      lines.append(PlanLine(.row([row.label, Units.count(row.count), Self.ms(row.time), PlanNumbers.percent(row.share)], isPart: false)))
    }
    guard !analysis.tables.relations.isEmpty else { return }
    lines.append(PlanLine(.heading("per table")))
    lines.append(PlanLine(.columns(["", "scans", "rows", "time", "%"])))
    for relation in analysis.tables.relations {
      let rows = relation.rows.map { Units.short($0) } ?? "—"
      lines.append(
        PlanLine(
          .row(
            [relation.name, Units.count(relation.scans), rows, Self.ms(relation.time), PlanNumbers.percent(relation.share)], isPart: false))
      )
      for kind in relation.kinds {
        lines.append(
          PlanLine(
            .row(["└ \(kind.label)", Units.count(kind.count), "", Self.ms(kind.time), PlanNumbers.percent(kind.share)], isPart: true)))
      }
    }
  }

  private mutating func statement(_ words: SafeText) {
    guard !words.isEmpty else { return }
    lines.append(PlanLine(.heading("statement")))
    text(words, .text)
  }
}

/// Numbers of plans, as text.
enum PlanNumbers {
  /// From milliseconds.
  static func ms(_ value: Double) -> SafeText {
    if value >= 9_999.5 { return Units.duration(value / 1000) }
    let scaled = Int(clamped: value * 10)
    return value >= 100 ? "\(Units.count(Int(clamped: value))) ms" : "\(scaled / 10).\(scaled % 10) ms"
  }

  static func percent(_ share: Double?) -> SafeText {
    guard let share else { return "—" }
    let scaled = Int(clamped: share * 1000)
    return "\(scaled / 10).\(scaled % 10)"
  }
}
