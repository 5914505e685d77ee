import Canvas
import OpsModel

/// The box in which a run that rests is resumed or aborted: which run, what happens, and what a person decides about each step of unknown
/// outcome.
struct ResumeBox {
  enum Step: Equatable {
    case nothing, close
    case go([RunDecision], reason: String, isAbort: Bool)
    case say(SafeText)
  }

  /// Nil: it is not decided.
  private static let words: [SafeText] = ["", "rerun", "done", "skip", "failed"]

  let page: RunPage
  private var decided: [SafeText: Int] = [:]
  private var isAbort = false
  private var index = 0
  private var reason = InputLine()
  private var typed = InputLine()
  /// Which run is meant and what happens to it were on the screen, at the size that it has.
  var seen = SeenMark()

  init(_ page: RunPage) {
    self.page = page
    isAbort = page.isUnwanted
  }

  private var doubts: [RunPage.Step] { page.steps.filter(\.isDoubtful) }
  private var needsReason: Bool { isAbort || !doubts.isEmpty }
  /// Doubts, then the switch between going on and giving up, then the reason, then the name.
  private var rows: Int { doubts.count + 1 + (needsReason ? 1 : 0) + 1 }

  mutating func take(_ key: Key) -> Step {
    switch key {
    case .escape: return .close
    case .up: index = max(0, index - 1)
    case .down, .tab: index = (index + 1) % rows
    case .enter: return .say("type \(page.typed) in the last line to confirm; Esc cancels")
    default: return put(key)
    }
    return .nothing
  }

  private mutating func put(_ key: Key) -> Step {
    if index < doubts.count {
      guard key == .left || key == .right || key == Key("Space") || key.character == " " else {
        return .say("Left and Right choose: rerun, done, skip, failed")
      }
      seen.forget()
      let step = doubts[index].path
      let count = Self.words.count
      decided[step] = ((decided[step] ?? 0) + (key == .left ? count - 1 : 1)) % count
    } else if index == doubts.count {
      guard key == .left || key == .right || key.character == " " else {
        return .say("Left and Right choose between resume and abort")
      }
      seen.forget()
      isAbort.toggle()
    } else if index == doubts.count + 1, needsReason {
      _ = reason.take(key)
    } else {
      if let problem = seen.problem { return .say(problem) }
      guard typed.take(key), typed.text == page.typed.text else { return .nothing }
      return finish()
    }
    return .nothing
  }

  private mutating func finish() -> Step {
    if needsReason, reason.text.allSatisfy(\.isWhitespace) {
      typed = InputLine()
      return .say("a decision needs its reason")
    }
    let open = doubts.filter { (decided[$0.path] ?? 0) == 0 }
    if let first = open.first, !isAbort {
      typed = InputLine()
      return .say("the outcome of \(first.path) is unknown: decide about it first")
    }
    let decisions = doubts.compactMap { step -> RunDecision? in
      let word = decided[step.path] ?? 0
      return word == 0 ? nil : RunDecision(step: step.path, word: Self.words[word])
    }
    return .go(decisions, reason: reason.text, isAbort: isAbort)
  }

  /// - Returns: whether everything stands on the screen that must be read before an answer.
  func draw(_ canvas: inout Canvas, _ area: Rect) -> Bool {
    let width = max(1, min(96, area.width - 4))
    let fields = fields
    // At least three lines of what is decided, so that one sees where one is.
    let room = max(0, area.height - 2)
    let layout = ConfirmDialog.Layout(head: head, body: [], room: max(0, room - min(3, fields.count)), width: width)
    var box = Dialog.draw(
      &canvas, in: area, title: TextWrap.middle("resume \(page.row.runbook) \(page.row.run)", width: max(1, width - 2)), columns: width,
      rows: layout.head.count + fields.count)
    for line in layout.head where box.height > 0 {
      let place = box.takeTop(1)
      canvas.put(line.text, x: place.x + line.indent, y: place.y, width: max(0, place.width - line.indent), style: line.style)
      canvas.put(line.label, x: place.x, y: place.y, width: min(9, place.width), style: Style(.header))
    }
    // With many in doubt the rest is a window: the line that is asked for is always in it.
    let current = fields.firstIndex { $0.row == index } ?? 0
    let first = max(0, min(current - box.height + (current == fields.count - 1 ? 1 : 2), fields.count - box.height))
    for (row, field) in fields.dropFirst(first).prefix(max(0, box.height)).enumerated() {
      draw(field, &canvas, Rect(x: box.x, y: box.y + row, width: box.width, height: 1))
    }
    return layout.isWhole
  }

  private var head: [ConfirmDialog.Line] {
    let action: SafeText =
      isAbort ? "abort the run for good; only the steps that always run follow" : "resume the run where it stopped\(decisions)"
    return [
      .init("target", page.typed, Style(.title)), .init("action", action),
      .init("state", page.row.message.isEmpty ? page.row.state : "\(page.row.state): \(page.row.message)", Style(.warning)),
    ]
  }

  /// `: rerun 1 step, skip 2`
  private var decisions: SafeText {
    let counts = Self.words.enumerated().compactMap { place, word -> SafeText? in
      let count = doubts.count { (decided[$0.path] ?? 0) == place }
      guard count > 0 else { return nil }
      return place == 0 ? "\(Units.count(count)) not decided" : "\(word) \(Units.count(count))"
    }
    return counts.isEmpty ? "" : "; steps of unknown outcome: \(SafeText.join(counts, ", "))"
  }

  private struct Field {
    let label: SafeText
    let text: SafeText
    /// Stays where there is little room; the text before it is shortened.
    var end: SafeText = ""
    let role: Role
    /// Its place among what can be chosen; nil where there is nothing to choose.
    let row: Int?
  }

  private var fields: [Field] {
    var out = doubts.enumerated().map { row, step in
      let word = Self.words[decided[step.path] ?? 0]
      return Field(
        label: "unknown", text: step.path, end: " ‹ \(word.isEmpty ? "not decided" : word) ›", role: word.isEmpty ? .warning : .text,
        row: row)
    }
    out.append(Field(label: "then", text: "‹ \(isAbort ? "abort" : "resume") ›", role: .text, row: doubts.count))
    if needsReason { out.append(Field(label: "why", text: SafeText(escaping: reason.text), role: .input, row: doubts.count + 1)) }
    out.append(Field(label: "type", text: page.typed, role: .key, row: nil))
    out.append(Field(label: "", text: "> \(SafeText(escaping: typed.text))", role: .input, row: rows - 1))
    return out
  }

  private func draw(_ field: Field, _ canvas: inout Canvas, _ line: Rect) {
    let isCurrent = field.row == index
    let room = max(0, line.width - 11)
    canvas.put(isCurrent ? "▸" : " " as SafeText, x: line.x, y: line.y, width: 1, style: Style(.key))
    canvas.put(field.label, x: line.x + 2, y: line.y, width: min(9, max(0, line.width - 2)), style: Style(.header))
    let text = TextWrap.middle(field.text, width: max(1, room - TextWidth.of(field.end.text)))
    let taken = canvas.put("\(text)\(field.end)" as SafeText, x: line.x + 11, y: line.y, width: room, style: Style(field.role))
    if isCurrent, field.role == .input { canvas.cursor = .init(column: min(max(line.x, line.endX - 1), line.x + 11 + taken), row: line.y) }
  }
}
