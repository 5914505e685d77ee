import Canvas
import Gate
import OpsModel

/// The box in which an action is rehearsed, confirmed, watched and reported. It holds what it was opened with: nothing behind it can
/// change what is confirmed.
struct ActionBox {
  enum Stage {
    case preparing(DeadProgress?)
    case plan(Plan, shown: Moment, input: InputLine, isStaged: Bool)
    case running(Plan, OperationProgress?, isStopping: Bool)
    case finished(Plan?, OperationResult)
    case refused(SafeText)
  }

  /// What a key asks for.
  enum Step: Equatable {
    case nothing
    case close
    /// The plan is given up.
    case cancel
    case go(Answer, isStaged: Bool)
    case stop
    case say(SafeText)
  }

  let draft: ActionDraft
  /// Tells this action from earlier ones: what is heard of those does not get into this box, and its answer is for its own plan alone.
  let number: Int
  var stage: Stage = .preparing(nil)
  private(set) var stopWish = StopWish()
  /// First line shown, where there are more than fit.
  var top = 0
  /// What is meant and what happens were on the screen, at the size that it has.
  var seen = SeenMark()

  /// It counts as read from the moment at which it was there to be read.
  mutating func arrived(_ now: Moment) {
    guard seen.arrived(), case .plan(let plan, _, let input, let isStaged) = stage else { return }
    stage = .plan(plan, shown: now, input: input, isStaged: isStaged)
  }

  mutating func take(_ event: ActionEvent, now: Moment) {
    seen.forget()
    switch (event, stage) {
    case (.freezing(let progress), .preparing): stage = .preparing(progress)
    case (.prepared(let plan), .preparing):
      let isBulk = plan.operation.verb == .retry && plan.operation.count > 10
      stage = .plan(plan, shown: now, input: InputLine(), isStaged: isBulk && plan.environment == .production)
    case (.refused(let why), _): stage = .refused(why)
    case (.progress(let progress), .running(let plan, _, let isStopping)): stage = .running(plan, progress, isStopping: isStopping)
    case (.finished(let result), .running(let plan, _, _)): stage = .finished(plan, result)
    default: break
    }
  }

  /// Keys that were pressed before the plan stood there are not taken for an answer.
  mutating func take(_ key: Key, now: Moment) -> Step {
    switch stage {
    case .preparing: return key == .escape ? .cancel : .nothing
    case .plan: return answer(key, now)
    case .running(let plan, let progress, let isStopping):
      guard !isStopping else { return .nothing }
      switch stopWish.take(key, isProduction: plan.environment == .production, now: now) {
      case .nothing: return .nothing
      case .say(let words): return .say(words)
      case .stop:
        stage = .running(plan, progress, isStopping: true)
        return .stop
      }
    case .finished, .refused:
      if key == .escape || key == .enter || key == Key("q") { return .close }
      scroll(key)
      return .nothing
    }
  }

  /// Lines that can be gone down at most.
  private static let lowest = 200

  /// A plan that is longer than the screen is read by the keys that move.
  @discardableResult
  private mutating func scroll(_ key: Key) -> Bool {
    switch key {
    case .down: top = min(Self.lowest, top + 1)
    case .up: top = max(0, top - 1)
    case .pageDown: top = min(Self.lowest, top + 5)
    case .pageUp: top = max(0, top - 5)
    default: return false
    }
    return true
  }

  private mutating func answer(_ key: Key, _ now: Moment) -> Step {
    guard case .plan(let plan, let shown, var input, var isStaged) = stage else { return .nothing }
    if key == .escape { return .cancel }
    if scroll(key) { return .nothing }
    if let problem = seen.problem { return .say(problem) }
    if key == .tab, plan.operation.verb == .retry {
      isStaged.toggle()
      stage = .plan(plan, shown: shown, input: input, isStaged: isStaged)
      return .nothing
    }
    switch plan.confirmation {
    case .key(let dwell):
      if key == .enter { return .say("Enter is not an answer: y confirms, Esc cancels") }
      guard key == Key("y") else { return .nothing }
      let waited = now.age(since: shown)
      return waited >= dwell ? .go(.yes(after: waited), isStaged: isStaged) : .say("read it first, then press y")
    case .typed(let name):
      if key == .enter { return .say("type \(name) to confirm; Esc cancels") }
      guard input.take(key) else { return .nothing }
      stage = .plan(plan, shown: shown, input: input, isStaged: isStaged)
      return input.text == name.text ? .go(.typed(input.text), isStaged: isStaged) : .nothing
    }
  }

  /// The plan is carried out: the box shows how far it is.
  mutating func run() {
    if case .plan(let plan, _, _, _) = stage { stage = .running(plan, nil, isStopping: false) }
  }
}
