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
  /// What is meant and what happens were on the screen, at the size that it has.
  var seen = SeenMark()

  init(name: SafeText, number: Int) {
    self.name = name
    self.number = number
  }

  /// It counts as read from the moment at which it was there to be read.
  mutating func arrived(_ now: Moment) {
    guard seen.arrived(), case .plan(let plan, _, let input) = stage else { return }
    stage = .plan(plan, shown: now, input: input)
  }

  /// The plan is there.
  mutating func take(_ plan: RunPlanView, now: Moment) {
    stage = .plan(plan, shown: now, input: InputLine())
    seen.forget()
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
    guard plan.obstacles.isEmpty else { return .say("cannot run now: see the lines marked obstacle; Esc closes") }
    if now.age(since: plan.at) > plan.life { return .say("the plan is older than \(Units.age(plan.life)): press Esc, then plan again") }
    if let problem = seen.problem { return .say(problem) }
    switch plan.confirmation {
    case .key(let dwell):
      if key == .enter { return .say("Enter is not an answer: y confirms, Esc cancels") }
      guard key == Key("y") else { return .nothing }
      let waited = now.age(since: shown)
      return waited >= dwell ? .go(.yes(after: waited)) : .say("read it first, then press y")
    case .typed(let name):
      if key == .enter { return .say("type \(name) to confirm; Esc cancels") }
      var input = input
      guard input.take(key) else { return .nothing }
      stage = .plan(plan, shown: shown, input: input)
      return input.text == name.text ? .go(.typed(input.text)) : .nothing
    }
  }

  // MARK: Drawing

  /// - Returns: whether everything stands on the screen that must be read before an answer.
  func draw(_ canvas: inout Canvas, _ area: Rect, now: Moment) -> Bool {
    let lines = lines(now).map { ConfirmDialog.Line($0.label, $0.text, Self.style($0.tone, environment)) }
    var heads = 0
    if case .plan(let plan, _, _) = stage { heads = min(plan.heads, lines.count) }
    return ConfirmDialog(
      title: title, head: Array(lines.prefix(heads)), rest: Array(lines.dropFirst(heads)),
      foot: foot.map { .init(text: $0.text, style: Style($0.role), isInput: $0.role == .input) }, columns: 110, top: top
    ).draw(&canvas, area)
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
          "plan", left > 0 ? "made \(Units.age(age)) ago, expires in \(Units.age(left))" : "expired: press Esc, then plan again",
          left > 0 ? .faint : .bad)
      ]
    }
  }

  private var foot: [(text: SafeText, role: Role)] {
    switch stage {
    case .preparing: return [("Esc cancel", .faint)]
    case .starting: return [("", .faint)]
    case .refused: return [("Esc close", .key)]
    case .plan(let plan, _, let input):
      guard plan.obstacles.isEmpty else { return [("cannot run now; Esc close", .warning)] }
      switch plan.confirmation {
      case .key: return [("y start, Esc cancel", .key)]
      case .typed(let name): return [("type \(name) to start, Esc cancel", .key), ("> \(SafeText(escaping: input.text))", .input)]
      }
    }
  }
}
