import Gate
import OpsModel

/// A plan and what came of it, for scripts and for people.
struct OperationReport {
  let plan: Plan
  let result: OperationResult?

  /// Receipts that are listed one by one.
  static let listed = 100

  func print(_ format: OutputFormat) {
    if let result {
      Output.remember(
        "the operation was carried out (\(result.endWords)): opsconsole audit show --operation \(SafeText(escaping: plan.operation.id))")
    }
    switch format {
    case .json: Output.json(json)
    case .table: for line in lines { Output.line(line) }
    }
  }

  private var json: JSONText {
    let problems = (result?.problems ?? []).prefix(Self.listed).map { receipt in
      JSONText.object([
        ("id", .text(receipt.target.shown(limit: 200))), ("queue", .text(SafeText(bytes: receipt.target.scope, limit: 200))),
        ("outcome", .text(receipt.outcome.key)), ("reason", .text(receipt.reason)),
      ])
    }
    let answers = (result?.answers ?? []).map { JSONText.object([("from", .text($0.from)), ("text", .text($0.text))]) }
    let fields: [(StaticString, JSONText)] = [
      ("schema", .int(1)), ("plan", plan.json), ("receipts", result?.counts.json ?? .null),
      ("problems", result == nil ? JSONText.null : JSONText.array(Array(problems))), ("seconds", .optional(result?.seconds)),
      ("end", .optional(result?.endWords)), ("untouched", .optional(result?.untouched)), ("quarantine", .optional(result?.quarantine)),
      ("answers", .array(answers)),
    ]
    return .object(fields)
  }

  private var lines: [SafeText] {
    let rehearsal = plan.rehearsal
    var lines: [SafeText] = [
      "\(plan.environment.word)  \(plan.operation.source) (\(rehearsal.place)) as \(rehearsal.account)",
      "target     \(plan.target)", "action     \(rehearsal.moves)",
    ]
    lines += rehearsal.loses.map { "lost       \($0)" }
    lines += rehearsal.refused.map { "refused    \(Units.count($0.count)): \($0.reason)" }
    lines += rehearsal.warnings.map { "warning    \($0)" }
    lines += rehearsal.keeps.map { "kept       \($0)" }
    lines.append("undo       \(rehearsal.undo)")
    if rehearsal.examined < plan.operation.count {
      lines.append("checked    \(Units.count(rehearsal.examined)) of \(Units.count(plan.operation.count)) one by one")
    }
    lines.append("safety     \(rehearsal.guarantee.word)")
    guard let result else { return lines + ["nothing was done; to confirm: --confirm \(plan.name)"] }
    lines.append("\(result.endWords), in \(Units.duration(result.seconds))")
    for outcome in Outcome.allCases where result.counts[outcome] > 0 {
      lines.append("\(Units.count(result.counts[outcome]))  \(outcome.key)  \(outcome.meaning)")
    }
    if let file = result.quarantine { lines.append("quarantine \(file)") }
    for answer in result.answers { lines.append("\(answer.from)  \(answer.text)") }
    for receipt in result.problems.prefix(Self.listed) {
      lines.append("  \(receipt.target.shown(limit: 100))  \(receipt.outcome.key)  \(receipt.reason)")
    }
    return lines
  }
}
