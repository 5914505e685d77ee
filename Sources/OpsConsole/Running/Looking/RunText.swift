import OpsModel
import Runbooks

/// A run for scripts and for people: where it is.
struct RunText {
  let view: RunView

  init(_ view: RunView) { self.view = view }

  func print(_ format: OutputFormat) {
    switch format {
    case .json: Output.json(json)
    case .table: for line in lines { Output.line(line) }
    }
  }

  /// In a list of runs.
  var line: SafeText {
    let plan = view.plan
    let took = view.history.took.map { Units.age($0) } ?? "—"
    return
      "\(view.folder.id.shown)  \(Calendar.stamp(plan.at))  \(Units.padded(view.state.word, 12)) \(Units.padded(took, 7)) \(Units.padded(SafeText(escaping: plan.id), 28)) \(SafeText(escaping: plan.by.name, limit: 64))"
  }

  var summary: JSONText {
    let plan = view.plan
    let fields: [(StaticString, JSONText)] = [
      ("run", .text(view.folder.id.shown)), ("runbook", .text(SafeText(escaping: plan.id))), ("version", .int(plan.version)),
      ("title", .text(plan.title)), ("state", .text(view.state.word)), ("environment", .text(SafeText(escaping: plan.environment))),
      ("by", .text(SafeText(escaping: plan.by.name))), ("planned_at", .text(Calendar.stamp(plan.at))),
      ("planned_at_unix", .number(plan.at)),
      ("started_at_unix", .optional(view.history.startedAt)), ("ended_at_unix", .optional(view.history.endedAt)),
      ("took_seconds", .optional(view.history.took)), ("continues", .optional(plan.continues.map { SafeText(escaping: $0.run) })),
      ("plan_hash", .text(SafeText(escaping: view.fullPlan.hash))),
      ("parameters", RunValue.map(plan.parameters).json),
      ("alert", .optional(plan.alert.map { SafeText(escaping: $0, limit: 200) })), ("message", .text(message)),
    ]
    return .object(fields)
  }

  /// Why it ended or rests.
  var message: SafeText {
    RunbookWords.message(view.records.last { $0.kind == .runEnd || $0.kind == .pause }, view.state)
  }

  private var json: JSONText {
    let steps = view.history.order.map { id in Self.json(id, view.history.step(id), view) }
    let fields: [(StaticString, JSONText)] = [
      ("schema", .int(1)), ("run", summary), ("steps", .array(steps)), ("left", .optional(view.offer)), ("lost", .optional(view.loss)),
    ]
    return .object(fields)
  }

  private static func json(_ id: String, _ step: RunHistory.Step, _ view: RunView) -> JSONText {
    let waits: JSONText = step.state == .waiting ? RunValue.map(step.waitsFor).json : .null
    let fields: [(StaticString, JSONText)] = [
      ("step", .text(SafeText(escaping: id))), ("kind", .text(SafeText(escaping: step.kind))),
      ("state", .text(SafeText(escaping: state(step, view)))),
      ("attempts", .int(step.attempts)), ("host", .optional(step.host.map { SafeText(escaping: $0) })),
      ("started_at_unix", .optional(step.startedAt)), ("ended_at_unix", .optional(step.endedAt)),
      ("took_seconds", .optional(step.took)),
      ("message", .text(SafeText(escaping: step.message, limit: 600))), ("batches", .int(step.batches.count)),
      ("outputs", RunValue.map(step.outputs.filter { $0.key != "stdout" && $0.key != "ids" }).json), ("waits_for", waits),
      ("needs_decision", .bool(!view.isAlive && view.needsPerson(id))),
    ]
    return .object(fields)
  }

  /// Without a runner, what was begun and has no outcome is not known.
  static func state(_ step: RunHistory.Step, _ view: RunView) -> String {
    step.state == .running && !view.isAlive ? "unknown" : step.state.rawValue
  }

  private var lines: [SafeText] {
    let plan = view.plan
    var lines: [SafeText] = [
      "\(view.folder.id.shown)  \(view.state.word)\(message.isEmpty ? "" : ": \(message)")",
      "\(SafeText(escaping: plan.environment)) \(SafeText(escaping: plan.id)) version \(plan.version), by \(SafeText(escaping: plan.by.name, limit: 64)) at \(Calendar.stamp(plan.at))",
    ]
    for id in view.history.order { lines.append(Self.line(id, view.history.step(id), view)) }
    if let loss = view.loss { lines.append(loss) }
    if let offer = view.offer { lines.append(offer) }
    if view.state.rests, !view.isAlive, view.loss == nil { lines.append("to resume: \(view.resuming)") }
    return lines
  }

  private static func line(_ id: String, _ step: RunHistory.Step, _ view: RunView) -> SafeText {
    var took: SafeText = ""
    if let seconds = step.took ?? view.spent(step) { took = Units.age(seconds) }
    var out: SafeText =
      "  \(Units.padded(SafeText(escaping: state(step, view)), 10)) \(Units.padded(took, 6)) \(SafeText(escaping: id, limit: 100))"
    if step.attempts > 1 { out = out + "  attempt \(step.attempts)" }
    if !step.batches.isEmpty { out = out + "  batch \(step.batches.count)" }
    if step.state == .waiting, case .text(let what)? = step.waitsFor["for"] { out = out + "  for \(SafeText(escaping: what, limit: 200))" }
    if !step.message.isEmpty { out = out + "  \(SafeText(escaping: step.message, limit: 300))" }
    return out
  }
}

extension RunView {
  /// The command that goes on with it, with everything that it needs.
  var resuming: SafeText {
    let again = plan.sensitive.map { " --param-env \(SafeText(escaping: $0))=VARIABLE" as SafeText }
    return "opsconsole runbook resume \(folder.id.shown) --confirm '\(plan.typed)'\(SafeText.join(again, ""))"
  }

  /// Seconds from the beginning of a step that has no end to what was written down last.
  func spent(_ step: RunHistory.Step) -> Double? {
    guard let startedAt = step.startedAt, let last = records.last else { return nil }
    return step.began?.seconds(to: SteadyTime(seconds: last.steady, boot: history.boot)) ?? max(0, last.at - startedAt)
  }

  /// With the frozen items, over which its hash goes as well.
  var fullPlan: RunPlan {
    var full = plan
    full.take(frozen: FilePaths.bytes(of: folder.frozen, limit: 64 << 20) ?? [])
    return full
  }
}
