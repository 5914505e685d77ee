import Canvas
import Gate
import OpsModel
import Testing

@testable import Console

@MainActor
@Suite("Runbooks by keys: catalogue, parameters, plan, run, doubt")
struct RunbookScenarioTests {
  @Test("from the catalogue to a plan, typed and begun; Enter and a pasted name are no answer")
  func begin() throws {
    let headless = try RunbookScenes.console(100, 40)
    headless.press(Key("7"), Key("/")).type("dlq").press(.enter)
    _ = headless.takeEffects()
    headless.press(.enter)
    #expect(headless.text.contains("what it is given"))
    headless.press(.enter)
    #expect(headless.text.contains("queue is needed"), "a required field was left out")
    headless.press(Key("Ctrl-N"))
    headless.press(.enter)
    guard case .runbook(.plan("dlq-drain", let values, nil, let number))? = headless.takeEffects().last else {
      Issue.record("no plan was asked for")
      return
    }
    #expect(values["rate"] == ["20"] && values["queue"] != nil && values["token"] == nil)
    headless.feed(.runbooks(.planned(RunbookScenes.plan("dlq-drain", headless.clock), number: number)))
    headless.press(.enter, Key("y"))
    _ = headless.app.handle(.input(.paste("production/dlq-drain 1284")))
    #expect(headless.takeEffects().isEmpty)
    #expect(headless.text.contains("type production/dlq-drain 1284 to"))
    headless.press(.backspace).type("production/dlq-drain 1284")
    #expect(headless.takeEffects() == [.runbook(.begin(.typed("production/dlq-drain 1284"), number: number))])
    headless.feed(.runbooks(.begun(run: "01M81D1111111111111111111A", number: number)))
    #expect(headless.takeEffects() == [.runbook(.follow(run: "01M81D1111111111111111111A"))])
  }

  @Test("a plan that is too old is not confirmed any more")
  func stale() throws {
    let headless = try RunbookScenes.console(100, 40)
    headless.press(Key("7"), Key("/")).type("dlq").press(.enter, .enter, Key("Ctrl-N"), .enter)
    RunbookScenes.answer(headless)
    headless.pass(601).type("production/dlq-drain 1284")
    #expect(headless.takeEffects().allSatisfy { if case .runbook(.begin) = $0 { false } else { true } })
    #expect(headless.text.contains("expired"))
  }

  @Test("a sensitive value is not on the screen")
  func sensitive() throws {
    let headless = try RunbookScenes.console(100, 40)
    headless.press(Key("7"), Key("/")).type("dlq").press(.enter, .enter, .down, .down).type("geheim123")
    #expect(!headless.text.contains("geheim") && headless.text.contains("•••••••••"))
  }

  @Test("a run that rests is taken up only with a decision about what is in doubt, a reason, and its name")
  func doubt() throws {
    let headless = try RunbookScenes.console(100, 40)
    headless.press(Key("7"), .tab, .enter)
    RunbookScenes.answer(headless)
    headless.press(Key("R"))
    #expect(headless.text.contains("unknown") && headless.text.contains("not decided"))
    headless.press(.down, .down, .down).type("production/dlq-drain 1284")
    #expect(headless.takeEffects().isEmpty, "taken up without a reason")
    headless.press(.up).type("looked at the queue").press(.down).type("production/dlq-drain 1284")
    #expect(headless.takeEffects().isEmpty, "taken up without a decision")
    #expect(headless.text.contains("the outcome of rest is unknown: decide about it first"))
    headless.press(.up, .up, .up, .right, .right, .down, .down, .down).type("production/dlq-drain 1284")
    let decided = RunDecision(step: "rest", word: "done")
    #expect(
      headless.takeEffects() == [
        .runbook(.resume(run: "01M81D1111111111111111111A", decisions: [decided], reason: "looked at the queue", isAbort: false))
      ])
  }

  @Test("of a run that failed R plans a new run of what it has left, in the history and on its page; one that rests is not over")
  func rest() throws {
    let failed: SafeText = "01M81C2222222222222222222B"
    let headless = try RunbookScenes.console(100, 40)
    headless.press(Key("7"), .tab)
    _ = headless.takeEffects()
    headless.press(Key("R"))
    #expect(headless.takeEffects().isEmpty && headless.text.contains("it is not over"))
    headless.press(.down, Key("R"))
    guard case .runbook(.rest(failed, let number))? = headless.takeEffects().last else {
      Issue.record("no plan of the rest was asked for")
      return
    }
    headless.feed(.runbooks(.planned(RunbookScenes.plan("pg-root-blocker", headless.clock), number: number)))
    headless.type("production/pg-root-blocker 1284")
    #expect(headless.takeEffects() == [.runbook(.begin(.typed("production/pg-root-blocker 1284"), number: number))])
    headless.press(.escape, .enter)
    headless.feed(.runbooks(.page(RunbookScenes.page(failed, headless.clock))))
    #expect(headless.text.contains("R plans a new run of what it has left"))
    _ = headless.takeEffects()
    headless.press(Key("R"))
    guard case .runbook(.rest(failed, _))? = headless.takeEffects().last else {
      Issue.record("no plan of the rest was asked for on the page")
      return
    }
  }

  @Test("Ctrl-C lets a run stop after its step; a second one cancels the step only where it comes within three seconds")
  func interrupted() throws {
    let headless = try RunbookScenes.console(100, 40)
    headless.press(Key("7"), .tab, .enter)
    _ = headless.takeEffects()
    let run: SafeText = "01M81D1111111111111111111A"
    headless.feed(.runbooks(.page(RunbookScenes.page(run, headless.clock, isAlive: true))))
    headless.feed(.input(.interrupt))
    #expect(headless.takeEffects() == [.runbook(.hand(run: run, word: "pause"))])
    #expect(headless.text.contains("Ctrl-C once more within 3 s cancels the step"))
    headless.pass(4).press(Key("Ctrl-C"))
    #expect(headless.takeEffects().last == .runbook(.hand(run: run, word: "pause")), "four seconds later it is a first one again")
    headless.pass(1).feed(.input(.interrupt))
    #expect(headless.takeEffects().last == .runbook(.hand(run: run, word: "cancel")))
    #expect(headless.app.exitCode == nil)
    headless.press(Key("?"))
    headless.feed(.input(.interrupt))
    #expect(headless.app.exitCode == 130, "anywhere else it ends the console")
  }

  @Test("with more in doubt than the screen has lines, the line that is asked for is always to be seen")
  func manyDoubts() throws {
    let headless = try RunbookScenes.console(80, 24)
    headless.press(Key("7"), .tab, .enter)
    headless.feed(.runbooks(.page(RunbookScenes.page("01M81D1111111111111111111A", headless.clock, doubts: 40))))
    headless.press(Key("R"))
    #expect(headless.text.contains("roll/web-1 "))
    for _ in 1..<40 { headless.press(.down) }
    #expect(headless.text.contains("roll/web-40 "))
    headless.press(.down, .down, .down).type("produ")
    #expect(headless.text.contains("> produ"))
  }

  @Test("one key from a suspect opens the runbook that answers it, with what is known filled in")
  func suspect() throws {
    let headless = try IncidentScenes.console(100, 40)
    headless.feed(.runbooks(.listed(RunbookScenes.catalogue() + [], [])))
    headless.press(.tab)
    _ = headless.takeEffects()
    headless.press(Key("R"))
    #expect(headless.text.contains("pg-root-blocker: what it is given"))
    var hint = RunbookHint()
    hint.alerts = ["nothing-of-this"]
    _ = headless.press(.escape)
    #expect(headless.app.perform(.runbook(.answer(hint))) == [.runbook(.list)])
    #expect(headless.text.contains("no runbook answers nothing-of-this"))
  }

  @Test("a page shows the run that it was opened for, whatever comes late of another one, and again on the way back")
  func watched() throws {
    let headless = try RunbookScenes.console(100, 40)
    headless.press(Key("7"), .tab, .enter)
    let first: SafeText = "01M81D1111111111111111111A"
    headless.feed(.runbooks(.page(RunbookScenes.page(first, headless.clock, isAlive: true))))
    #expect(headless.text.contains(first.text))
    let other = ResourceID(source: "", kind: .run, key: "01M81C2222222222222222222B")
    _ = headless.app.perform(.open(panel: "run", target: other))
    headless.feed(.runbooks(.page(RunbookScenes.page(first, headless.clock, isAlive: true))))
    #expect(!headless.text.contains(first.text), "the page of another run was shown")
    headless.feed(.runbooks(.page(RunbookScenes.page("01M81C2222222222222222222B", headless.clock, isAlive: true))))
    #expect(headless.text.contains("01M81C2222222222222222222B"))
    _ = headless.takeEffects()
    headless.press(.escape)
    #expect(headless.takeEffects() == [.runbook(.follow(run: first))])
    #expect(!headless.text.contains("01M81C2222222222222222222B"))
  }

  @Test("a session is named with its start, a queue by its name")
  func hints() throws {
    let session = SessionTarget(pid: 4312, started: "2026-11-21 10:00:00.123456+00").target.key
    let suspect = Suspect(
      "root-blocker", ResourceID(source: "main-db", kind: .session, key: session), .critical, score: 90, "a session", evidence: [], since: 1
    )
    let hint = RunbookHint(suspect)
    #expect(hint.values["pg_pid"] == "4312" && hint.values["started"] == "2026-11-21 10:00:00.123456+00")
  }

  @Test("in read-only mode a run is only looked at")
  func readOnly() throws {
    let headless = try RunbookScenes.console(100, 40, readOnly: "--read-only")
    headless.press(Key("7"))
    #expect(headless.text.contains("read and planned, and not run"))
    headless.press(.tab, .enter)
    RunbookScenes.answer(headless)
    for key in ["P", "K", "R", "a"] { headless.press(Key(key)) }
    #expect(headless.takeEffects().isEmpty)
    #expect(headless.text.contains("read-only (--read-only): a run can only be looked at"))
  }
}
