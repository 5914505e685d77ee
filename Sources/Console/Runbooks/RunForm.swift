import Canvas
import OpsModel

/// The fields in which a run is given its parameters.
struct RunForm: Equatable {
  struct Field: Equatable {
    let parameter: RunbookRow.Parameter
    var input: InputLine
    /// What is known now that could be meant.
    let known: [RunbookPick]

    /// The pick that stands in it now.
    var picked: RunbookPick? { known.first { $0.value == input.text } }
  }

  enum Step: Equatable {
    case nothing, close
    case plan([String: [String]])
    case say(SafeText)
  }

  let row: RunbookRow
  let alert: SafeText?
  /// What it is for, what speaks against it, and the finding that it came from.
  let about: SafeText
  let warning: SafeText?
  let origin: ResourceID?
  /// It was said that the finding is over.
  var knowsOver = false
  var fields: [Field]
  var index = 0

  /// - Parameter warning: why it does not fit; then nothing of the finding is filled in, for it is about something else.
  init(_ row: RunbookRow, hint: RunbookHint, warning: SafeText? = nil, known: (RunbookRow.Parameter) -> [RunbookPick]) {
    self.row = row
    alert = hint.alerts.first
    about = hint.about
    self.warning = warning
    origin = hint.origin
    fields = row.parameters.map { parameter in
      let given = warning == nil ? hint.values[parameter.name] ?? hint.values[parameter.type] : nil
      return Field(parameter: parameter, input: InputLine(given ?? parameter.fallback, limit: 4096), known: known(parameter))
    }
    // What is still to be said comes first.
    index = fields.firstIndex { $0.input.text.isEmpty && $0.parameter.isRequired } ?? 0
  }

  mutating func take(_ key: Key) -> Step {
    switch key {
    case .escape: return .close
    case .up: index = max(0, index - 1)
    case .down, .tab: index = fields.isEmpty ? 0 : (index + 1) % fields.count
    case Key("Ctrl-N"): turn(by: 1)
    case Key("Ctrl-P"): turn(by: -1)
    case .enter: return finish()
    default: if fields.indices.contains(index) { _ = fields[index].input.take(key) }
    }
    return .nothing
  }

  mutating func insert(_ text: String) { if fields.indices.contains(index) { fields[index].input.insert(text) } }

  private mutating func turn(by step: Int) {
    guard fields.indices.contains(index), !fields[index].known.isEmpty else { return }
    let known = fields[index].known
    let here = known.firstIndex { $0.value == fields[index].input.text }
    let next = known[here.map { ($0 + step + known.count) % known.count } ?? 0]
    fields[index].input = InputLine(next.value, limit: 4096)
    for (name, value) in next.more {
      guard let other = fields.firstIndex(where: { $0.parameter.name == name && !$0.parameter.isSensitive }) else { continue }
      fields[other].input = InputLine(value, limit: 4096)
    }
  }

  private mutating func finish() -> Step {
    if let missing = fields.firstIndex(where: { $0.parameter.isRequired && $0.input.text.isEmpty }) {
      index = missing
      return .say("\(SafeText(escaping: fields[missing].parameter.name)) is needed: \(fields[missing].parameter.question)")
    }
    var out: [String: [String]] = [:]
    for field in fields where !field.input.text.isEmpty { out[field.parameter.name] = [field.input.text] }
    return .plan(out)
  }

  // MARK: Drawing

  /// - Parameter isOver: the finding that it came from is there no more.
  func draw(_ canvas: inout Canvas, _ area: Rect, isOver: Bool = false) {
    let facts = facts(isOver)
    let rows = min(area.height - 4, fields.count + 6 + facts.count)
    var box = Dialog.draw(
      &canvas, in: area, title: "\(row.name): what it is given" as SafeText, columns: min(96, area.width - 4), rows: rows)
    let foot = box.takeBottom(min(2, box.height / 3))
    let head = box.takeTop(min(2, box.height / 4))
    canvas.put(row.title, x: head.x, y: head.y, width: head.width, style: Style(.title))
    let told = box.takeTop(min(facts.count, max(0, box.height - 1)))
    for (line, fact) in facts.prefix(told.height).enumerated() {
      canvas.put(fact.text, x: told.x, y: told.y + line, width: told.width, style: Style(fact.role))
    }
    let width = min(20, max(8, (fields.map { $0.parameter.name.count }.max() ?? 8) + 2))
    let top = max(0, min(index - box.height + 1, fields.count - box.height))
    for (line, place) in (max(0, top)..<fields.count).prefix(box.height).enumerated() {
      draw(fields[place], &canvas, Rect(x: box.x, y: box.y + line, width: box.width, height: 1), label: width, isCurrent: place == index)
    }
    if fields.isEmpty { canvas.put("it takes nothing" as SafeText, x: box.x, y: box.y, width: box.width, style: Style(.faint)) }
    canvas.put(hint, x: foot.x, y: foot.y, width: foot.width, style: Style(.faint))
    canvas.put(
      "Enter makes the plan, Tab the next field, Esc gives up" as SafeText, x: foot.x, y: foot.endY - 1, width: foot.width,
      style: Style(.key))
  }

  /// Whom it is for, and what speaks against it.
  private func facts(_ isOver: Bool) -> [(text: SafeText, role: Role)] {
    guard !about.isEmpty else { return [] }
    var out: [(text: SafeText, role: Role)] = []
    if let warning { out.append((warning, .warning)) }
    if isOver { out.append(("over: \(about) is not found any more", .warning)) }
    return [("for: \(about)", .text)] + out
  }

  private func draw(_ field: Field, _ canvas: inout Canvas, _ line: Rect, label: Int, isCurrent: Bool) {
    let name = SafeText(escaping: field.parameter.name)
    canvas.put(isCurrent ? "▸" : " " as SafeText, x: line.x, y: line.y, width: 1, style: Style(.key))
    canvas.put(name, x: line.x + 2, y: line.y, width: label, style: Style(field.parameter.isRequired ? .header : .text, bold: isCurrent))
    let x = line.x + 3 + label
    let room = max(1, line.endX - x - 1)
    let text = field.parameter.isSensitive ? String(repeating: "•", count: field.input.text.count) : field.input.text
    let head = field.parameter.isSensitive ? String(repeating: "•", count: field.input.head.count) : field.input.head
    let shownHead = SafeText(escaping: head, limit: .max)
    let skipped = max(0, canvas.columns(of: shownHead) - room + 1)
    let shown = SafeText(escaping: String(text.dropFirst(min(skipped, text.count))), limit: .max)
    canvas.put(shown, x: x, y: line.y, width: room, style: Style(isCurrent ? .input : .text))
    if isCurrent { canvas.cursor = .init(column: min(line.endX - 1, x + canvas.columns(of: shownHead) - skipped), row: line.y) }
  }

  private var hint: SafeText {
    guard fields.indices.contains(index) else { return "" }
    let field = fields[index]
    if let picked = field.picked, !picked.words.isEmpty {
      return "\(picked.words)\(field.known.count > 1 ? "   Ctrl-N the next of \(field.known.count)" : "" as SafeText)"
    }
    let known = field.known.prefix(6).map(\.shown)
    let picks: SafeText = known.isEmpty ? "" : "   Ctrl-N picks: \(SafeText.join(known, ", "))\(field.known.count > 6 ? ", …" : "")"
    return "\(field.parameter.question.isEmpty ? SafeText(escaping: field.parameter.type) : field.parameter.question)\(picks)"
  }
}
