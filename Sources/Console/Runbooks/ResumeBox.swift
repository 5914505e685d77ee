import Canvas
import OpsModel

/// The box in which a run that rests is taken up: what is known, what is in doubt, and what a person decides about each of these.
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
    case .enter: return .say("type \(page.typed) in the last line to go on; Esc gives up")
    default: return put(key)
    }
    return .nothing
  }

  private mutating func put(_ key: Key) -> Step {
    if index < doubts.count {
      guard key == .left || key == .right || key == Key("Space") || key.character == " " else {
        return .say("Left and Right choose: rerun, done, skip, failed")
      }
      let step = doubts[index].path
      let count = Self.words.count
      decided[step] = ((decided[step] ?? 0) + (key == .left ? count - 1 : 1)) % count
    } else if index == doubts.count {
      guard key == .left || key == .right || key.character == " " else {
        return .say("Left and Right choose between going on and giving up")
      }
      isAbort.toggle()
    } else if index == doubts.count + 1, needsReason {
      _ = reason.take(key)
    } else {
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
      return .say("\(first.path) is in doubt: decide about it first")
    }
    let decisions = doubts.compactMap { step -> RunDecision? in
      let word = decided[step.path] ?? 0
      return word == 0 ? nil : RunDecision(step: step.path, word: Self.words[word])
    }
    return .go(decisions, reason: reason.text, isAbort: isAbort)
  }

  func draw(_ canvas: inout Canvas, _ area: Rect) {
    let width = min(96, area.width - 4)
    var lines: [(SafeText, SafeText, Role, Int?)] = [("", "\(page.row.state): \(page.row.message)", .warning, nil)]
    for (row, step) in doubts.enumerated() {
      let word = Self.words[decided[step.path] ?? 0]
      lines.append(("in doubt", "\(step.path)  ‹ \(word.isEmpty ? "not decided" : word) ›", word.isEmpty ? .warning : .text, row))
    }
    lines.append(
      ("then", "‹ \(isAbort ? "give it up: only the steps that are always done follow" : "go on where it stands") ›", .text, doubts.count))
    if needsReason { lines.append(("why", SafeText(escaping: reason.text), .input, doubts.count + 1)) }
    lines.append(("type", "\(page.typed)", .key, nil))
    lines.append(("", "> \(SafeText(escaping: typed.text))", .input, rows - 1))
    let box = Dialog.draw(&canvas, in: area, title: "take up \(page.row.runbook)" as SafeText, columns: width, rows: lines.count + 2)
    // With many in doubt the box is a window: the line that is asked for is always in it.
    let current = lines.firstIndex { $0.3 == index } ?? 0
    let first = max(0, min(current - box.height + (current == lines.count - 1 ? 1 : 2), lines.count - box.height))
    for (row, line) in lines.dropFirst(first).prefix(box.height).enumerated() {
      let isCurrent = line.3 == index
      canvas.put(isCurrent ? "▸" : " " as SafeText, x: box.x, y: box.y + row, width: 1, style: Style(.key))
      canvas.put(line.0, x: box.x + 2, y: box.y + row, width: 9, style: Style(.header))
      let taken = canvas.put(line.1, x: box.x + 11, y: box.y + row, width: max(0, box.width - 11), style: Style(line.2))
      if isCurrent, line.2 == Role.input { canvas.cursor = .init(column: min(box.endX - 1, box.x + 11 + taken), row: box.y + row) }
    }
  }
}
