import Canvas
import OpsModel
import Testing

@testable import Console
@testable import Gate

@MainActor
@Suite("No one confirms what cannot be seen")
struct ConfirmScenarioTests {
  nonisolated static let sizes = [(120, 40), (80, 24), (40, 12)]
  /// Two applications that differ at their end alone.
  static let long: SafeText = "checkout-worker-of-the-second-shop-in-frankfurt-blue-1"

  private static func rehearsal(_ name: SafeText) -> Rehearsal {
    var out = Rehearsal(
      affected: 1, examined: 1, moves: "ends this session", undo: "none", guarantee: .signal, place: "postgres at 127.0.0.1:42383",
      account: "operator", serverID: "s")
    out.target = "session 18709 \(name) (app@shop), idle in transaction for 2m51s; 8 sessions wait behind it, 1 directly"
    out.title = "18709 \(name), 8 wait"
    out.loses = ["its open transaction is rolled back, with all that it wrote", "temporary tables, session locks and settings"]
    out.warnings = ["it has written: rolling back may take as long as writing did, and its locks stay until then"]
    out.commands = ["select a.pid, pg_terminate_backend(a.pid, 1500) from pg_catalog.pg_stat_activity a"]
    return out
  }

  /// A dialog that ends a session, as it stands when its plan came.
  private func dialog(_ columns: Int, _ rows: Int, name: SafeText = "admin-shell", environment: Environment = .staging) throws -> Headless {
    let headless = try Headless(columns, rows, environment: environment)
    headless.feed(.source(Fixtures.orders))
    let target = Target(scope: [], key: Array("18709 x".utf8), version: Version(0))
    let draft = ActionDraft(.terminate, source: "main-db", .targets(TargetList([target])))
    _ = headless.app.act(draft)
    let operation = Operation(id: "op-1", draft.verb, source: draft.source, targets: TargetList([target]))
    headless.feed(.action(.prepared(Plan(operation, Self.rehearsal(name), environment, at: headless.clock.now())), number: 1))
    return headless
  }

  private func confirmed(_ headless: Headless) -> Bool {
    headless.takeEffects().contains { if case .perform = $0 { true } else { false } }
  }

  @Test("who is meant and what happens stand first, at every size", arguments: sizes)
  func first(_ size: (Int, Int)) throws {
    let headless = try dialog(size.0, size.1)
    let lines = headless.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let title = try #require(lines.firstIndex { $0.contains("terminate 18709") })
    #expect(lines[title].contains("8 wait"))
    #expect(lines[title + 1].contains("STAGING") && lines[title + 1].contains("main-db"))
    #expect(lines[title + 2].contains("target") && lines[title + 2].contains("18709"))
    let shown = lines.joined(separator: " ")
    let parts = ["target", "action", "ends this session"].map { shown.range(of: $0) }
    #expect(parts.allSatisfy { $0 != nil })
    if let lost = shown.range(of: "lost"), let action = shown.range(of: "action") { #expect(action.lower < lost.lower) }
    #expect(lines[0].contains("READ-WRITE") && lines[0].contains("STAGING"))
    headless.press(Key("y"))
    #expect(confirmed(headless))
  }

  @Test("what tells long names apart stays, at both ends", arguments: sizes)
  func longNames(_ size: (Int, Int)) throws {
    let headless = try dialog(size.0, size.1, name: Self.long)
    let text = headless.text
    #expect(text.contains("terminate 18709 c") && text.contains("blue-1, 8 wait"))
    #expect(text.contains("ends this session"))
  }

  @Test("a key that was pressed before a frame showed the target is no answer")
  func unseen() throws {
    let headless = try dialog(80, 24)
    _ = headless.app.handle(.input(.key(Key("y"))))
    #expect(!confirmed(headless))
    headless.press(Key("y"))
    #expect(confirmed(headless))
  }

  @Test("a frame that is still on its way to the terminal shows nothing yet")
  func underway() throws {
    let headless = try dialog(80, 24)
    func drawn() -> String { headless.app.frame(size: headless.size, look: headless.look).text }
    _ = drawn()
    headless.feed(.input(.key(Key("y"))))
    #expect(!confirmed(headless) && drawn().contains("the terminal has not shown the target yet"))
    headless.app.arrived()
    headless.feed(.input(.key(Key("y"))))
    #expect(confirmed(headless))
  }

  @Test("after a resize the answer waits until the target was seen again")
  func resize() throws {
    let headless = try dialog(120, 40)
    headless.press(Key("x"))
    headless.size = Size(columns: 40, rows: 12)
    headless.feed(.input(.resize))
    let effects = headless.app.handle(.input(.key(Key("y"))))
    #expect(effects.isEmpty, "it was confirmed before the smaller screen was drawn")
    headless.press(Key("y"))
    #expect(confirmed(headless))
  }

  @Test("where the screen has no room for the target, nothing is confirmed, and the dialog says why", arguments: [(40, 6), (14, 5)])
  func tiny(_ size: (Int, Int)) throws {
    let headless = try dialog(size.0, size.1)
    headless.press(Key("y"))
    #expect(!confirmed(headless))
    #expect(headless.text.contains("not conf"))
    headless.size = Size(columns: 80, rows: 24)
    headless.press(Key("y"))
    #expect(confirmed(headless))
  }

  @Test("scrolled away, the target was seen; a new plan must be seen again", arguments: sizes)
  func scrolled(_ size: (Int, Int)) throws {
    let headless = try dialog(size.0, size.1)
    for _ in 0..<40 { headless.press(.down) }
    #expect(size.1 > 20 || headless.text.contains("Up goes back"))
    headless.press(Key("y"))
    #expect(confirmed(headless))
  }

  @Test("a typed name is taken by a dialog whose target is on the screen, and by no other", arguments: sizes)
  func typed(_ size: (Int, Int)) throws {
    let headless = try dialog(size.0, size.1, environment: .production)
    for scalar in "production/main-d".unicodeScalars { headless.press(Key(scalar)) }
    headless.feed(.input(.resize))
    #expect(headless.app.handle(.input(.key(Key("b")))).isEmpty)
    headless.press(Key("b"))
    #expect(confirmed(headless))
  }

  @Test("a plan of a run and a run that rests say what they change first", arguments: sizes)
  func runs(_ size: (Int, Int)) throws {
    let headless = try RunbookScenes.console(size.0, size.1)
    headless.press(Key("7"), .tab, .enter)
    RunbookScenes.answer(headless)
    headless.press(Key("R"))
    let text = headless.text
    #expect(text.contains("resume dlq-drain") && text.contains("production/dlq-drain 1284"))
    #expect(text.contains("resume the run where it"))
    #expect(text.contains("rest") && text.contains("not decided"))
    headless.press(.down, .right)
    #expect(headless.text.contains("abort the run for good"))
  }

  @Test("a question of a step is read to its end before it is answered", arguments: sizes)
  func question(_ size: (Int, Int)) throws {
    let headless = try RunbookScenes.console(size.0, size.1)
    headless.press(Key("7"), .tab, .enter)
    _ = headless.takeEffects()
    var page = RunbookScenes.page("01M81D1111111111111111111A", headless.clock)
    let words = SafeText(escaping: String(repeating: "the disk of host web-7 is full and will be wiped; ", count: 8) + "go?")
    page.question = RunPage.Question(step: "ask", text: words, choices: ["no", "yes"])
    headless.feed(.runbooks(.page(page)))
    headless.press(Key("a"))
    #expect(headless.text.contains("ask of dlq-drain asks") && headless.text.contains("the disk of host web-7"))
    let isWhole = headless.text.contains("go?")
    headless.press(.enter)
    #expect(headless.takeEffects().isEmpty == !isWhole)
    guard !isWhole else { return }
    for _ in 0..<20 { headless.press(.pageDown) }
    #expect(headless.text.contains("go?"))
    headless.press(.down, .enter)
    #expect(headless.takeEffects() == [.runbook(.reply(run: page.row.run, step: "ask", choice: "yes"))])
  }
}
