import Canvas
import Gate
import OpsModel
import Panels
import Testing

@testable import Console

/// Runbooks, plans and runs as the console is told of them.
@MainActor
enum RunbookScenes {
  private static let nasty = SafeText(escaping: "\u{1B}[2J\u{202E}gnigats\u{200B}")

  static func console(_ columns: Int, _ rows: Int, look: Look = .colours256, hostile: Bool = false, readOnly: SafeText? = nil) throws
    -> Headless
  {
    let headless = try Headless(columns, rows, look: look, readOnly: readOnly)
    headless.feed(.source(Fixtures.orders), .observed(Fixtures.usualQueues(headless.clock)))
    headless.feed(.runbooks(.listed(catalogue(hostile), runs(hostile))))
    return headless
  }

  /// What the world outside answers to what was asked.
  static func answer(_ headless: Headless, hostile: Bool = false) {
    for effect in headless.takeEffects() {
      guard case .runbook(let effect) = effect else { continue }
      switch effect {
      case .plan(let name, _, _, let number): headless.feed(.runbooks(.planned(plan(name, headless.clock), number: number)))
      case .begin(_, let number): headless.feed(.runbooks(.begun(run: "01M81D1111111111111111111A", number: number)))
      case .follow(let run): headless.feed(.runbooks(.page(page(run, headless.clock, hostile))))
      default: continue
      }
    }
  }

  static func catalogue(_ hostile: Bool = false) -> [RunbookRow] {
    let queue = RunbookRow.Parameter(
      name: "queue", type: "queue", isRequired: true, fallback: "", choices: [], question: "Which queue", isSensitive: false, source: nil)
    let rate = RunbookRow.Parameter(
      name: "rate", type: "int", isRequired: false, fallback: "20", choices: [], question: "At most so many a second", isSensitive: false,
      source: nil)
    let token = RunbookRow.Parameter(
      name: "token", type: "string", isRequired: false, fallback: "", choices: [], question: "", isSensitive: true, source: nil)
    var drain = row(
      "dlq-drain", hostile ? nasty : "Retry dead letters once their dependency is healthy", "high", ["dead-growth"], [queue, rate, token])
    drain.lastState = "succeeded"
    drain.lastAt = 1_794_990_000
    return [
      drain, row("pg-root-blocker", "End the session at the root of a lock tree", "high", ["root-blocker"], []),
      row("capture-evidence", "Write down what can be seen now", "low", [], [], looks: true),
      row("broken", "", "", [], [], problem: "it can not be read: opsconsole runbook check broken.yaml"),
    ]
  }

  private static func row(
    _ name: SafeText, _ title: SafeText, _ risk: SafeText, _ alerts: [SafeText], _ parameters: [RunbookRow.Parameter], looks: Bool = false,
    problem: SafeText? = nil
  ) -> RunbookRow {
    RunbookRow(
      name: name, title: title, owner: "payments", risk: risk, onlyLooks: looks, alerts: alerts, parameters: parameters, steps: 4,
      file: "runbooks/\(name).yaml", problem: problem)
  }

  static func runs(_ hostile: Bool = false) -> [RunRow] {
    [
      RunRow(
        run: "01M81D1111111111111111111A", runbook: "dlq-drain", title: "Retry dead letters", state: "paused", severity: .warning,
        isOver: false, rests: true, by: "oncall@bastion-2", at: 1_794_999_000, endedAt: nil,
        message: hostile ? nasty : "nobody has looked for 10 s"),
      RunRow(
        run: "01M81C2222222222222222222B", runbook: "pg-root-blocker", title: "End the session", state: "failed", severity: .critical,
        isOver: true, rests: false, by: "oncall@bastion-2", at: 1_794_990_000, endedAt: 1_794_990_065,
        message: "still: it is not the root any more"),
    ]
  }

  static func plan(_ name: SafeText, _ clock: FakeClock) -> RunPlanView {
    RunPlanView(
      name: name, environment: .production,
      lines: [
        .init("", " PRODUCTION ", .title), .init("runbook", "\(name) version 3: Retry dead letters"), .init("given", "queue \"default\""),
        .init("holds", "dep: holds", .good), .init("1", "canary: queue, CHANGES, 5 items", .title),
        .init("", "retry in broker, queue default, the oldest 5"),
        .init("", "moves 5 jobs to rq:queue:default (41 208 ready there)", .faint),
        .init("here too", "op2@bastion-1 at broker", .bad),
      ], confirmation: .typed("production/\(name) 1284"), typed: "production/\(name) 1284", obstacles: [], at: clock.now(), life: 600)
  }

  /// - Parameter doubts: so many hosts of a step of which nobody knows.
  static func page(_ run: SafeText, _ clock: FakeClock, _ hostile: Bool = false, isAlive: Bool = false, doubts: Int = 0) -> RunPage {
    var steps = [
      step(1, "stable", "wait", "ok"), step(2, "canary", "queue", "ok", batches: 1),
      step(
        3, "rest", "queue", "unknown", batches: 12, message: hostile ? nasty : "the runner ended before its outcome was known",
        doubtful: true),
      step(4, "finally/told", "redis", "pending"),
    ]
    if doubts > 0 { steps = (1...doubts).map { step($0, "roll/web-\($0)", "ssh", "unknown", doubtful: true) } }
    let text = hostile ? nasty : "50 moved"
    return RunPage(
      row: runs(hostile).first { $0.run == run } ?? runs(hostile)[0], steps: steps,
      output: (1...30).map { RunPage.Line(step: "rest", text: "batch \($0): \(text)") },
      question: nil, typed: "production/dlq-drain 1284", isAlive: isAlive, problem: nil, at: clock.now())
  }

  private static func step(
    _ number: Int, _ path: SafeText, _ kind: SafeText, _ state: SafeText, batches: Int = 0, message: SafeText = "", doubtful: Bool = false
  ) -> RunPage.Step {
    RunPage.Step(
      number: number, path: path, kind: kind, state: state, severity: doubtful ? .warning : .ok, attempts: 1, batches: batches,
      startedAt: state == "pending" ? nil : 1_794_999_010, endedAt: state == "ok" ? 1_794_999_020 : nil, message: message,
      isDoubtful: doubtful)
  }
}
