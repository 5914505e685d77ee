import Canvas
import Gate
import OpsModel

extension ActionBox {
  struct Line {
    let label: SafeText
    let text: SafeText
    let role: Role

    init(_ label: SafeText, _ text: SafeText, _ role: Role = .text) {
      self.label = label
      self.text = text
      self.role = role
    }
  }

  func draw(_ canvas: inout Canvas, _ area: Rect, now: Moment) {
    let width = min(96, area.width - 4)
    let wrapped = lines(now).flatMap { Self.wrapped($0, width: max(10, width - 11)) }
    // What must be typed or pressed is never cut: it is worth more rows than the plan.
    let foot = foot.flatMap { Self.wrapped($0, width: max(10, width)) }
    var box = Dialog.draw(&canvas, in: area, title: title, columns: width, rows: wrapped.count + foot.count + 1)
    let low = box.takeBottom(min(foot.count, box.height))
    let isLong = wrapped.count > box.height
    let room = max(1, isLong ? box.height - 1 : box.height)
    let start = min(top, max(0, wrapped.count - room))
    for (row, line) in wrapped.dropFirst(start).prefix(room).enumerated() {
      canvas.put(line.label, x: box.x, y: box.y + row, width: min(10, box.width), style: Style(.header))
      canvas.put(line.text, x: box.x + 11, y: box.y + row, width: max(0, box.width - 11), style: Style(line.role))
    }
    if isLong {
      let below = wrapped.count - start - room
      let words: SafeText = below > 0 ? "\(below) more lines: Down" : "the end; Up goes back"
      canvas.put(words, x: box.x, y: box.endY - 1, width: box.width, style: Style(below > 0 ? .warning : .faint), align: .right)
    }
    for (row, line) in foot.prefix(low.height).enumerated() {
      let isInput = row == foot.count - 1 && isTyping
      let taken = canvas.put(line.text, x: low.x, y: low.y + row, width: low.width, style: Style(line.role))
      if isInput { canvas.cursor = .init(column: min(low.endX - 1, low.x + taken), row: low.y + row) }
    }
  }

  private var isTyping: Bool {
    if case .plan(let plan, _, _, _) = stage, case .typed = plan.confirmation { return true }
    return false
  }

  private static func wrapped(_ line: Line, width: Int) -> [Line] {
    TextWrap.lines(line.text, width: width).enumerated().map { Line($0.offset == 0 ? line.label : "", $0.element, line.role) }
  }

  private var title: SafeText {
    let verb = SafeText(escaping: draft.verb.rawValue)
    switch stage {
    case .plan(let plan, _, _, _), .running(let plan, _, _): return "\(verb) \(Units.count(plan.operation.count)) of \(draft.source)"
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

  private static func lines(_ plan: Plan, _ isStaged: Bool, _ now: Moment) -> [Line] {
    let rehearsal = plan.rehearsal
    let environment: Role = plan.environment == .production ? .production : .title
    var lines = [
      Line("", " \(plan.environment.word) ", environment),
      Line(
        "at", "\(plan.operation.source) (\(rehearsal.place)) as \(rehearsal.account), looked at \(Units.age(now.age(since: plan.at))) ago"),
      Line("guarantee", rehearsal.guarantee.word), Line("does", rehearsal.moves),
    ]
    for (name, value) in plan.operation.arguments.sorted(by: { $0.key < $1.key }) {
      lines.append(Line("with", "\(SafeText(escaping: name, limit: 20)) \(SafeText(escaping: value, limit: 1000))"))
    }
    if !rehearsal.keeps.isEmpty { lines.append(Line("keeps", SafeText.join(rehearsal.keeps, "; "))) }
    if !rehearsal.loses.isEmpty { lines.append(Line("loses", SafeText.join(rehearsal.loses, "; "), .warning)) }
    lines += rehearsal.refused.map { Line("refuses", "\(Units.count($0.count)): \($0.reason)", .warning) }
    lines += rehearsal.warnings.map { Line("warning", $0, .warning) }
    if rehearsal.examined < plan.operation.count {
      lines.append(Line("looked at", "\(Units.count(rehearsal.examined)) of \(Units.count(plan.operation.count)) one by one"))
    }
    lines.append(Line("undo", rehearsal.undo))
    if plan.operation.verb == .retry && plan.operation.count > 10 {
      lines.append(Line("staged", isStaged ? "first 5, wait 30 s, stop if more than 5 % fail again, then the rest" : "no: all at once"))
    }
    if !rehearsal.commands.isEmpty { lines.append(Line("sends", SafeText.join(rehearsal.commands, "; "), .faint)) }
    return lines
  }

  private static func lines(_ progress: OperationProgress?, _ isStopping: Bool) -> [Line] {
    guard let progress else { return [Line("", "beginning: writing the intent down")] }
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
    case .preparing: return [Line("", "Esc gives up", .faint)]
    case .plan(let plan, _, let input, _):
      let tab: SafeText = plan.operation.verb == .retry && plan.operation.count > 10 ? ", Tab staged or not" : ""
      switch plan.confirmation {
      case .key: return [Line("", "y goes on, Esc gives up\(tab)", .key)]
      case .typed(let name):
        return [
          Line("", "type \(name) to go on, Esc gives up\(tab)", .key),
          Line("", "> \(SafeText(escaping: input.text))", .input),
        ]
      }
    case .running(_, _, let isStopping):
      return isStopping ? [] : [Line("", stopWish.hint, stopWish.isAsked ? .warning : .key)]
    case .finished, .refused: return [Line("", "Esc closes", .key)]
    }
  }
}
