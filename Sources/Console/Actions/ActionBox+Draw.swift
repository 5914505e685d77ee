import Canvas
import Gate
import OpsModel

extension ActionBox {
  typealias Line = ConfirmDialog.Line

  /// - Returns: whether everything stands on the screen that must be read before an answer.
  func draw(_ canvas: inout Canvas, _ area: Rect, now: Moment) -> Bool {
    var head: [Line] = []
    if case .plan(let plan, _, _, _) = stage { head = Self.head(plan) }
    return ConfirmDialog(
      title: title, head: head, rest: lines(now),
      foot: foot.map { .init(text: $0.text, style: $0.style, isInput: $0.style.role == .input) }, top: top
    ).draw(&canvas, area)
  }

  private var title: SafeText {
    let verb = SafeText(escaping: draft.verb.rawValue)
    switch stage {
    case .plan(let plan, _, _, _), .running(let plan, _, _): return "\(verb) \(plan.title)"
    default: return "\(verb), \(draft.source)"
    }
  }

  private func lines(_ now: Moment) -> [Line] {
    switch stage {
    case .preparing(let progress):
      guard let progress, progress.total > 0 else { return [Line("", "looking at what this would do; nothing is changed")] }
      return [Line("", "choosing: \(Units.count(progress.seen)) of \(Units.count(progress.total)) looked at; nothing is changed")]
    case .plan(let plan, _, _, let isStaged): return Self.lines(plan, isStaged, now)
    case .running(_, let progress, let isStopping): return Self.lines(progress, isStopping)
    case .finished(_, let result): return Self.lines(result)
    case .refused(let why): return [Line("", why, .warning)]
    }
  }

  /// Where, who, and what happens to them: read before anything else.
  private static func head(_ plan: Plan) -> [Line] {
    [
      Line("", " \(plan.environment.word)  \(plan.operation.source) ", plan.environment == .production ? .production : .title),
      Line("target", plan.target), Line("action", plan.rehearsal.moves),
    ]
  }

  private static func lines(_ plan: Plan, _ isStaged: Bool, _ now: Moment) -> [Line] {
    let rehearsal = plan.rehearsal
    var lines: [Line] = []
    for (name, value) in plan.operation.arguments.sorted(by: { $0.key < $1.key }) {
      lines.append(Line("with", "\(SafeText(escaping: name, limit: 20)) \(SafeText(escaping: value, limit: 1000))"))
    }
    if !rehearsal.loses.isEmpty { lines.append(Line("lost", SafeText.join(rehearsal.loses, "; "), .warning)) }
    lines += rehearsal.refused.map { Line("refused", "\(Units.count($0.count)): \($0.reason)", .warning) }
    lines += rehearsal.warnings.map { Line("warning", $0, .warning) }
    if !rehearsal.keeps.isEmpty { lines.append(Line("kept", SafeText.join(rehearsal.keeps, "; "))) }
    lines.append(Line("undo", rehearsal.undo))
    if rehearsal.examined < plan.operation.count {
      lines.append(Line("checked", "\(Units.count(rehearsal.examined)) of \(Units.count(plan.operation.count)) one by one"))
    }
    if plan.operation.verb == .retry && plan.operation.count > 10 {
      lines.append(Line("canary", isStaged ? "first 5, wait 30 s, stop if more than 5% fail again, then the rest" : "off"))
    }
    lines.append(Line("safety", rehearsal.guarantee.word))
    lines.append(Line("at", "\(rehearsal.place) as \(rehearsal.account), checked \(Units.age(now.age(since: plan.at))) ago"))
    if !rehearsal.commands.isEmpty { lines.append(Line("sends", SafeText.join(rehearsal.commands, "; "), .faint)) }
    return lines
  }

  private static func lines(_ progress: OperationProgress?, _ isStopping: Bool) -> [Line] {
    guard let progress else {
      return [Line("", isStopping ? "stopping after this batch" : "beginning: writing the intent down", isStopping ? .warning : .text)]
    }
    var lines = [
      Line("done", "\(Units.count(progress.done)) of \(Units.count(progress.total)), \(Units.rate(progress.rate))"),
      Line("moved", Units.count(progress.counts[.moved])),
    ]
    if progress.done > progress.counts[.moved] {
      lines.append(Line("not moved", Units.count(progress.done - progress.counts[.moved]), .warning))
    }
    switch progress.stage {
    case .watching(let fate, let left):
      lines.append(
        Line(
          "watching",
          "for \(Units.age(left)): \(fate.done) done, \(fate.running) running, \(fate.waiting) waiting, \(fate.deadAgain) failed again"))
    case .quarantine:
      lines = [
        Line("", "writing the quarantine file: \(Units.count(progress.batch)) of \(Units.count(progress.total)); nothing is deleted yet")
      ]
    case .first: lines.append(Line("", "the first few"))
    case .rest: lines.append(Line("batch", "\(progress.batch) at a time, each holds the server for \(Units.duration(progress.held))"))
    }
    if isStopping { lines.append(Line("", "stopping after this batch", .warning)) }
    return lines
  }

  private static func lines(_ result: OperationResult) -> [Line] {
    var lines = [Line("", "\(result.endWords), after \(Units.duration(result.seconds))", result.end == .whole ? .ok : .warning)]
    // A word to a worker is told by its answer.
    for outcome in Outcome.allCases where result.counts[outcome] > 0 && (outcome != .moved || result.answers.isEmpty) {
      lines.append(
        Line(
          Units.count(result.counts[outcome]), "\(SafeText(escaping: "\(outcome)")): \(outcome.meaning)",
          outcome == .moved ? .text : .warning))
    }
    if let file = result.quarantine { lines.append(Line("file", file)) }
    if let failure = result.auditFailure { lines.append(Line("audit", "the outcome could not be written down: \(failure)", .critical)) }
    lines += result.answers.map { Line($0.from.prefix(10), $0.text) }
    lines += result.problems.prefix(100).map { Line("", "\(SafeText(bytes: $0.target.key.prefix(60), limit: 60)) \($0.reason)", .faint) }
    return lines
  }

  private var foot: [Line] {
    switch stage {
    case .preparing: return [Line("", "Esc cancel", .faint)]
    case .plan(let plan, _, let input, _):
      let tab: SafeText = plan.operation.verb == .retry && plan.operation.count > 10 ? ", Tab canary" : ""
      switch plan.confirmation {
      case .key: return [Line("", "y confirm, Esc cancel\(tab)", .key)]
      case .typed(let name):
        return [
          Line("", "type \(name) to confirm, Esc cancel\(tab)", .key),
          Line("", "> \(SafeText(escaping: input.text))", .input),
        ]
      }
    case .running(_, _, let isStopping):
      return isStopping ? [] : [Line("", stopWish.hint, stopWish.isAsked ? .warning : .key)]
    case .finished, .refused: return [Line("", "Esc closes", .key)]
    }
  }
}
