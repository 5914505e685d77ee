import Canvas
import OpsModel

/// The box in which a step's question is answered: the whole question first, then its choices. Where the question is longer than the
/// screen, it must have been read to its end before an answer is taken.
struct ReplyBox {
  enum Step: Equatable {
    case nothing, close
    case go(SafeText)
    case say(SafeText)
  }

  let run: SafeText
  let runbook: SafeText
  let question: RunPage.Question
  private var chooser: Chooser
  private var top = 0
  /// Rows of the question at this size, and those that were on the screen.
  private var rows = Int.max
  private var read = 0
  private var drawn = 0

  init(_ page: RunPage, _ question: RunPage.Question) {
    run = page.row.run
    runbook = page.row.runbook
    self.question = question
    let items = question.choices.map { Chooser.Item(id: $0.text, title: $0, side: "", preview: "", disabled: nil) }
    chooser = Chooser(title: question.text, items: items)
  }

  mutating func resized() {
    rows = .max
    read = 0
    drawn = 0
    top = 0
  }

  /// All that was drawn has arrived on the screen.
  mutating func arrived() { read = drawn }

  mutating func take(_ key: Key) -> Step {
    switch key {
    case .escape: return .close
    case .pageDown: top += 2
    case .pageUp: top = max(0, top - 2)
    case .enter:
      guard let item = chooser.current else { return .nothing }
      return read >= rows ? .go(item.title) : .say("not answered: read the question to its end with PgDn, or make the terminal larger")
    default: chooser.take(key)
    }
    return .nothing
  }

  mutating func draw(_ canvas: inout Canvas, _ area: Rect) {
    let width = max(1, min(96, area.width - 4))
    let lines = TextWrap.lines(question.text, width: width)
    let choices = max(1, question.choices.count)
    // The typed word and the keys have a row each.
    let room = max(1, area.height - 4 - min(choices, max(1, area.height / 3)))
    let isLong = lines.count > room
    let shown = isLong ? max(1, room - 1) : room
    top = min(top, max(0, lines.count - shown))
    var box = Dialog.draw(
      &canvas, in: area, title: TextWrap.middle("\(question.step) of \(runbook) asks", width: max(1, width - 2)), columns: width,
      rows: min(lines.count, room) + choices + 2)
    let foot = box.takeBottom(min(1, box.height))
    let text = box.takeTop(min(isLong ? shown + 1 : lines.count, box.height))
    for (row, line) in lines.dropFirst(top).prefix(shown).prefix(text.height).enumerated() {
      canvas.put(line, x: text.x, y: text.y + row, width: text.width, style: Style(.title))
    }
    if isLong {
      let below = lines.count - top - shown
      let words: SafeText = below > 0 ? "\(Units.count(below, "more line")): PgDn" : "the end; PgUp goes back"
      canvas.put(words, x: text.x, y: text.endY - 1, width: text.width, style: Style(below > 0 ? .warning : .faint), align: .right)
    }
    rows = lines.count
    drawn = max(drawn, top + min(shown, text.height))
    drawChoices(&canvas, box)
    canvas.put("Enter answer, Up and Down choose, Esc cancel" as SafeText, x: foot.x, y: foot.y, width: foot.width, style: Style(.key))
  }

  private func drawChoices(_ canvas: inout Canvas, _ area: Rect) {
    var box = area
    let line = box.takeTop(min(1, box.height))
    let typed: SafeText = "> \(SafeText(escaping: chooser.input.text))"
    let taken = canvas.put(typed, x: line.x, y: line.y, width: line.width, style: Style(.input))
    canvas.cursor = .init(column: min(max(line.x, line.endX - 1), line.x + taken), row: line.y)
    let all = chooser.matches
    let current = min(chooser.index, all.count - 1)
    let first = max(0, min(current - box.height + 1, all.count - box.height))
    for (row, item) in all.dropFirst(first).prefix(max(0, box.height)).enumerated() {
      let isCurrent = first + row == current
      canvas.put(isCurrent ? "▸" : " " as SafeText, x: box.x, y: box.y + row, width: 1, style: Style(.key))
      canvas.put(item.title, x: box.x + 2, y: box.y + row, width: max(0, box.width - 2), style: Style(.text, bold: isCurrent))
    }
  }
}
