import Canvas
import Gate
import OpsModel

/// The box in which the plan of a run is read and confirmed. What is confirmed is what stands in it, and nothing behind it changes that.
struct RunBox {
  enum Stage {
    case preparing
    case plan(RunPlanView, shown: Moment, input: InputLine)
    case starting
    case refused([SafeText])
  }

  enum Step: Equatable {
    case nothing, close, cancel
    case go(Answer)
    case say(SafeText)
  }

  let name: SafeText
  /// Its answer is for its own plan alone.
  let number: Int
  var stage = Stage.preparing
  var top = 0

  init(name: SafeText, number: Int) {
    self.name = name
    self.number = number
  }

  mutating func take(_ key: Key, now: Moment) -> Step {
    switch stage {
    case .preparing: return key == .escape ? .cancel : .nothing
    // It may have begun: the history tells.
    case .starting: return key == .escape ? .close : .nothing
    case .refused:
      if key == .escape || key == .enter || key == Key("q") { return .close }
      scroll(key)
      return .nothing
    case .plan(let plan, let shown, let input): return answer(key, plan, shown, input, now)
    }
  }

  @discardableResult
  private mutating func scroll(_ key: Key) -> Bool {
    switch key {
    case .down: top = min(2000, top + 1)
    case .up: top = max(0, top - 1)
    case .pageDown: top = min(2000, top + 8)
    case .pageUp: top = max(0, top - 8)
    default: return false
    }
    return true
  }

  private mutating func answer(_ key: Key, _ plan: RunPlanView, _ shown: Moment, _ input: InputLine, _ now: Moment) -> Step {
    if key == .escape { return .cancel }
    if scroll(key) { return .nothing }
    guard plan.obstacles.isEmpty else { return .say("it can not be run as things are: see the lines that say so; Esc closes") }
    if now.age(since: plan.at) > plan.life { return .say("the plan is older than \(Units.age(plan.life)): Esc, and make it anew") }
    switch plan.confirmation {
    case .key(let dwell):
      if key == .enter { return .say("Enter is not an answer: y goes on, Esc gives up") }
      guard key == Key("y") else { return .nothing }
      let waited = now.age(since: shown)
      return waited >= dwell ? .go(.yes(after: waited)) : .say("read it first; then y")
    case .typed(let name):
      if key == .enter { return .say("type \(name) to go on, Esc gives up") }
      var input = input
      guard input.take(key) else { return .nothing }
      stage = .plan(plan, shown: shown, input: input)
      return input.text == name.text ? .go(.typed(input.text)) : .nothing
    }
  }

  // MARK: Drawing

  func draw(_ canvas: inout Canvas, _ area: Rect, now: Moment) {
    let width = min(110, area.width - 4)
    let lines = lines(now).flatMap { line in
      TextWrap.lines(line.text, width: max(10, width - 11)).enumerated().map {
        RunPlanView.Line($0.offset == 0 ? line.label : "", $0.element, line.tone)
      }
    }
    let foot = foot.flatMap { line in TextWrap.lines(line.text, width: max(10, width)).map { (text: $0, role: line.role) } }
    var box = Dialog.draw(&canvas, in: area, title: title, columns: width, rows: lines.count + foot.count + 1)
    let low = box.takeBottom(min(foot.count, box.height))
    let isLong = lines.count > box.height
    let room = max(1, isLong ? box.height - 1 : box.height)
    let start = min(top, max(0, lines.count - room))
    for (row, line) in lines.dropFirst(start).prefix(room).enumerated() {
      canvas.put(line.label, x: box.x, y: box.y + row, width: min(10, box.width), style: Style(.header))
      canvas.put(line.text, x: box.x + 11, y: box.y + row, width: max(0, box.width - 11), style: Self.style(line.tone, environment))
    }
    if isLong {
      let below = lines.count - start - room
      let words: SafeText = below > 0 ? "\(below) more lines: Down" : "the end; Up goes back"
      canvas.put(words, x: box.x, y: box.endY - 1, width: box.width, style: Style(below > 0 ? .warning : .faint), align: .right)
    }
    for (row, line) in foot.prefix(low.height).enumerated() {
      let taken = canvas.put(line.text, x: low.x, y: low.y + row, width: low.width, style: Style(line.role))
      if line.role == .input { canvas.cursor = .init(column: min(low.endX - 1, low.x + taken), row: low.y + row) }
    }
  }

  private var environment: Environment {
    if case .plan(let plan, _, _) = stage { return plan.environment }
    return .production
  }

  private static func style(_ tone: RunPlanView.Line.Tone, _ environment: Environment) -> Style {
    switch tone {
    case .plain: .plain
    case .faint: Style(.faint)
    case .good: Style(.ok)
    case .bad: Style(.warning)
    case .title: Style(environment == .production ? .production : .title)
    }
  }

  private var title: SafeText { "run \(name)" }

  private func lines(_ now: Moment) -> [RunPlanView.Line] {
    switch stage {
    case .preparing: return [.init("", "making the plan: targets are frozen, and what must hold is looked at; nothing is changed")]
    case .starting: return [.init("", "written down; starting the runner")]
    case .refused(let why): return why.map { .init("", $0, .bad) }
    case .plan(let plan, _, _):
      let age = now.age(since: plan.at)
      let left = plan.life - age
      return plan.lines + [
        .init(
          "plan", left > 0 ? "made \(Units.age(age)) ago, good for \(Units.age(left)) more" : "too old: make it anew",
          left > 0 ? .faint : .bad)
      ]
    }
  }

  private var foot: [(text: SafeText, role: Role)] {
    switch stage {
    case .preparing: return [("Esc gives up", .faint)]
    case .starting: return [("", .faint)]
    case .refused: return [("Esc closes", .key)]
    case .plan(let plan, _, let input):
      guard plan.obstacles.isEmpty else { return [("it can not be run as things are; Esc closes", .warning)] }
      switch plan.confirmation {
      case .key: return [("y runs it, Esc gives up", .key)]
      case .typed(let name): return [("type \(name) to run it, Esc gives up", .key), ("> \(SafeText(escaping: input.text))", .input)]
      }
    }
  }
}
