import Gate
import OpsModel
import Runbooks

/// A plan for scripts and for people.
struct PlanText {
  let made: PlanMaker.Made

  init(_ made: PlanMaker.Made) { self.made = made }

  func print(_ format: OutputFormat) {
    switch format {
    case .json:
      let fields: [(StaticString, JSONText)] = [
        ("schema", .int(1)), ("plan", Self.json(made.plan)), ("confirm", .text(made.plan.typed)),
        ("confirmation", .text(confirmation)), ("can_run", .bool(made.plan.obstacles.isEmpty)),
      ]
      Output.json(.object(fields))
    case .table:
      for line in Self.lines(made.plan) { Output.line(line) }
      guard made.plan.obstacles.isEmpty else { return }
      Output.line("confirm  \(confirmation); in scripts --confirm '\(made.plan.typed)'")
    }
  }

  private var confirmation: SafeText {
    switch made.confirmation {
    case .key(let dwell): dwell > 0 ? "y, after a moment" : "y"
    case .typed(let text): "type \(text)"
    }
  }

  static func json(_ plan: RunPlan) -> JSONText {
    let conditions = plan.conditions.map { one in
      JSONText.object([("id", .text(SafeText(escaping: one.id))), ("holds", .optional(one.holds)), ("message", .text(one.message))])
    }
    let fields: [(StaticString, JSONText)] = [
      ("runbook", .text(SafeText(escaping: plan.id))), ("title", .text(plan.title)), ("version", .int(plan.version)),
      ("file", .text(SafeText(escaping: plan.file))), ("file_hash", .text(SafeText(escaping: plan.fileHash))),
      ("environment", .text(SafeText(escaping: plan.environment))), ("risk", .text(SafeText(escaping: plan.risk.rawValue))),
      ("parameters", RunValue.map(plan.parameters).json), ("lock", .text(SafeText(escaping: plan.lock, limit: 400))),
      ("lock_excludes", .text(plan.lockReach)),
      ("items", .int(plan.items)), ("continues", .optional(plan.continues.map { SafeText(escaping: $0.run) })),
      ("preconditions", .array(conditions)), ("steps", .array(plan.steps.map(json))),
      ("company", .array(plan.company.map { .text($0) })),
      ("warnings", .array(plan.warnings.map { .text($0) })), ("obstacles", .array(plan.obstacles.map { .text($0) })),
      ("by", .text(SafeText(escaping: plan.by.name))), ("at", .text(Calendar.stamp(plan.at))),
      ("expires_at_unix", .number(plan.at + plan.life)),
      ("plan_hash", .text(SafeText(escaping: plan.hash))),
    ]
    return .object(fields)
  }

  private static func json(_ step: RunPlan.Step) -> JSONText {
    let fields: [(StaticString, JSONText)] = [
      ("step", .text(SafeText(escaping: step.path))), ("kind", .text(SafeText(escaping: step.kind))), ("does", .text(step.words)),
      ("guarantee", .text(step.guarantee)), ("done", .bool(step.isDone)), ("read", .bool(step.isRead)),
      ("read_claimed", .bool(step.isClaimed)),
      ("targets", .optional(step.targets)), ("hosts", .optional(step.hosts)), ("at_once", .optional(step.atOnce)),
      ("notes", .array(step.notes.map { .text($0) })), ("problem", .optional(step.problem)),
    ]
    return .object(fields)
  }

  static func lines(_ plan: RunPlan) -> [SafeText] {
    var lines: [SafeText] = [
      "\(SafeText(escaping: plan.environment))  \(SafeText(escaping: plan.id)) version \(plan.version): \(plan.title)",
      "file     \(SafeText(escaping: plan.file)) (\(SafeText(escaping: String(plan.fileHash.prefix(12)))))",
    ]
    if let other = plan.continues { lines.append("rest of  run \(SafeText(escaping: other.run)): a new run of what that one left") }
    for (name, value) in plan.parameters.sorted(by: { $0.key < $1.key }) {
      lines.append("param    \(SafeText(escaping: name)) \(value.shown)")
    }
    for name in plan.sensitive { lines.append("param    \(SafeText(escaping: name)) is not shown") }
    lines.append("lock     \(SafeText(escaping: plan.lock, limit: 200))\(plan.lockReach.isEmpty ? "" : ": \(plan.lockReach)")")
    for one in plan.conditions {
      lines.append(
        "\(one.holds == true ? "holds    " : one.holds == false ? "FAILS    " : "UNKNOWN  ")\(SafeText(escaping: one.id, limit: 60)): \(one.message)"
      )
    }
    for (index, step) in plan.steps.enumerated() {
      let kind: SafeText = step.isDone ? "DONE BEFORE" : step.isRead ? (step.isClaimed ? "reads (claimed)" : "reads") : "CHANGES"
      lines.append(
        "\(Units.padded("\(index + 1)", 4)) \(SafeText(escaping: step.path, limit: 80))  \(SafeText(escaping: step.kind))  \(kind)\(step.targets.map { "  \(Units.count($0, "item"))" } ?? "")"
      )
      lines.append("     \(step.words)")
      if !step.guarantee.isEmpty { lines.append("     guarantee: \(step.guarantee)") }
      lines += step.notes.map { "     \($0)" }
      if let problem = step.problem { lines.append("     CAN NOT BE DONE: \(problem)") }
    }
    lines += plan.company.map { "here too \($0)" }
    lines += plan.warnings.map { "warning  \($0)" }
    lines.append("plan     \(SafeText(escaping: String(plan.hash.prefix(16)))), good until \(Calendar.stamp(plan.at + plan.life))")
    return lines
  }
}
