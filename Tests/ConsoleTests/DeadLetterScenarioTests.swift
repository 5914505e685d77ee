import Canvas
import OpsModel
import Testing

@testable import Console
@testable import Gate

@Suite("Acting on dead letters from the keyboard")
@MainActor
struct DeadLetterScenarioTests {
  private func press(_ headless: Headless, _ keys: Key...) {
    for key in keys {
      headless.press(key)
      DeadScenes.answer(headless)
    }
  }

  /// What was asked to be carried out, once the keys were pressed.
  private func performed(_ headless: Headless) -> [Effect] {
    headless.takeEffects().filter { if case .perform = $0 { true } else { false } }
  }

  @Test("in production a bulk is confirmed by its name alone: neither Enter nor y nor a paste goes on")
  func typed() throws {
    let headless = try DeadScenes.console()
    press(headless, Key("3"), Key("R"))
    #expect(headless.text.contains("type production/orders to confirm"))
    headless.press(.enter, Key("y"), .enter)
    headless.feed(.input(.paste("production/orders")))
    headless.press(.enter)
    #expect(performed(headless).isEmpty)
    headless.press(Key("Ctrl-U")).type("production/order")
    #expect(performed(headless).isEmpty)
    headless.type("s")
    #expect(performed(headless).count == 1)
    #expect(headless.text.contains("s, or Esc twice, stops after this batch"))
  }

  @Test("one Esc stops no running operation; s or Esc twice does, and production asks first")
  func stopping() throws {
    let headless = try DeadScenes.console()
    press(headless, Key("3"), Key("R"))
    headless.type("production/orders")
    _ = headless.takeEffects()
    headless.press(.escape)
    #expect(headless.text.contains("Esc again within 3 s stops it"))
    headless.pass(3.1)
    headless.press(.escape, Key("x"), .escape)
    #expect(headless.takeEffects().isEmpty && !headless.text.contains("stop after this batch?"))
    headless.press(.escape)
    #expect(headless.text.contains("PRODUCTION: stop after this batch?"))
    headless.press(.escape)
    #expect(headless.text.contains("it continues") && headless.takeEffects().isEmpty)
    headless.press(Key("s"), Key("y"))
    guard case .stopAction? = headless.takeEffects().last else {
      Issue.record("it was not stopped")
      return
    }
    #expect(headless.text.contains("stopping after this batch"))
  }

  @Test("one letter takes y, and not before it could be read")
  func dwell() throws {
    let headless = try DeadScenes.console()
    press(headless, Key("3"), .enter)
    headless.press(Key("R"), Key("y"))
    // Keys that were pressed before the plan stood there are no answer.
    #expect(headless.effects.count == 1)
    DeadScenes.answer(headless)
    #expect(headless.text.contains("y confirm"))
    headless.press(Key("y"))
    #expect(performed(headless).isEmpty)
    #expect(headless.text.contains("read it first"))
    headless.pass(0.6)
    headless.press(Key("y"))
    #expect(performed(headless).count == 1)
  }

  @Test("marks hold letters and not rows, and the draft holds what was marked")
  func marks() throws {
    let headless = try DeadScenes.console()
    press(headless, Key("3"), .enter, Key("Space"), Key("Space"))
    #expect(headless.text.contains("2 marked"))
    headless.press(Key("S"))
    #expect(headless.text.contains("2 marked"))
    headless.press(Key("R"))
    guard case .prepare(let draft, _)? = headless.takeEffects().last, case .targets(let targets) = draft.meant else {
      Issue.record("no plan was asked for")
      return
    }
    #expect(targets.count == 2 && draft.verb == .retry && draft.source == "orders")
  }

  @Test("giving up does nothing and says so; it is told to the gate, which writes it down")
  func cancel() throws {
    let headless = try DeadScenes.console()
    press(headless, Key("3"), Key("D"))
    headless.press(.escape)
    #expect(headless.takeEffects() == [.cancelAction(number: 1)])
    #expect(headless.text.contains("given up; nothing was done"))
  }

  @Test("in read-only mode every acting key says why not, and asks for nothing", arguments: ["R", "D", "U"])
  func readOnly(key: String) throws {
    let headless = try DeadScenes.console(readOnly: "--read-only")
    press(headless, Key("3"), Key(key))
    #expect(headless.text.contains("read-only (--read-only)"))
    #expect(headless.takeEffects().isEmpty)
    #expect(headless.text.contains("READ-ONLY"))
  }

  @Test("worker keys are offered by what the system can do, with the reason where it can not")
  func workers() throws {
    let headless = try DeadScenes.console()
    press(headless, Key("4"))
    while headless.line(holding: "▸")?.contains("w1@here") != true {
      let before = headless.line(holding: "▸")
      headless.press(.down)
      if headless.line(holding: "▸") == before { break }
    }
    try #require(headless.line(holding: "▸")?.contains("w1@here") == true)
    headless.press(Key("K"))
    #expect(headless.text.contains("celery does not offer it"))
    headless.press(Key("P"))
    #expect(headless.takeEffects().contains { if case .prepare(let draft, _) = $0 { draft.verb == .ping } else { false } })
    headless.press(.escape, Key("V"))
    headless.type("abc-1").press(.enter)
    #expect(
      headless.takeEffects().contains(
        .prepare(ActionDraft(.revoke, source: "mail", .source, arguments: ["id": "abc-1"]), number: 2)))
  }

  @Test("what is found in the whole group is another list, and acting on all of it means what was found")
  func find() throws {
    let headless = try DeadScenes.console()
    press(headless, Key("3"), .enter, Key("F"))
    headless.type("args~1202").press(.enter)
    DeadScenes.answer(headless)
    #expect(headless.text.contains("1 listed matching args~1202"))
    headless.press(Key("A"))
    guard case .prepare(let draft, _)? = headless.takeEffects().last, case .selection(let selection) = draft.meant else {
      Issue.record("no plan was asked for")
      return
    }
    #expect(!selection.filter.isEmpty && selection.fingerprint != nil)
    headless.press(.escape, Key("F"))
    headless.type(" nonsense:").press(.enter)
    #expect(headless.text.contains("not understood"))
  }

  @Test("a quarantine file is chosen and not typed")
  func restore() throws {
    let headless = try DeadScenes.console()
    press(headless, Key("3"), Key("U"))
    #expect(headless.text.contains("Restore from a quarantine file of orders"))
    headless.press(.enter)
    #expect(
      headless.takeEffects() == [
        .prepare(ActionDraft(.restore, source: "orders", .source, arguments: ["file": "/state/quarantine/ab12.jsonl"]), number: 1)
      ])
  }

  @Test("the source of the last row that was discarded is still the one to restore from")
  func restoreLast() throws {
    let headless = try DeadScenes.console()
    press(headless, Key("3"), Key("j"))
    var study = DeadStudy(source: "orders", began: headless.clock.now())
    study.ended = headless.clock.now()
    headless.feed(.study(study))
    press(headless, Key("U"))
    #expect(headless.text.contains("Restore from a quarantine file of orders"))
  }

  @Test("other consoles at the same servers are named, those that act first")
  func company() throws {
    let headless = try DeadScenes.console(140, 30)
    var observation = Fixtures.usualQueues(headless.clock)
    observation.company = [
      Presence(who: "second@b", canWrite: false, run: "1"), Presence(who: "third@b", canWrite: true, run: "2", isActing: true),
    ]
    headless.feed(.observed(observation))
    #expect(headless.text.contains("3 here: third@b (acting) +1"))
  }

  @Test("a plan that comes late is not taken for the plan of what was asked for next")
  func late() throws {
    let headless = try DeadScenes.console()
    press(headless, Key("3"))
    headless.press(Key("R"), .escape, Key("D"))
    let now = headless.clock.now()
    let retry = DeadScenes.plan(ActionDraft(.retry, source: "orders", .selection(DeadSelection())), now)
    headless.feed(.action(.prepared(retry), number: 1))
    #expect(!headless.text.contains("type production/orders"), "the first plan belongs to the box that was closed")
    let discard = DeadScenes.plan(ActionDraft(.discard, source: "orders", .selection(DeadSelection())), now)
    headless.feed(.action(.prepared(discard), number: 2))
    #expect(headless.text.contains("discard 1 102 of orders"))
    _ = headless.takeEffects()
    headless.type("production/orders")
    #expect(headless.takeEffects() == [.perform(.typed("production/orders"), isStaged: false, number: 2)])
  }

  @Test("a walk that fails leaves what was found before, dimmed, with its age and the reason")
  func failedWalk() throws {
    let headless = try DeadScenes.console()
    press(headless, Key("3"))
    headless.pass(40)
    var failed = DeadStudy(source: "orders", began: headless.clock.now())
    failed.failure = .unreachable(address: "redis at 10.0.0.5:6379", reason: "connection refused")
    failed.ended = headless.clock.now()
    headless.feed(.study(failed))
    // Shares are of what was found, and not of the nothing that the failed walk saw.
    #expect(headless.line(holding: "payments.charge")?.contains("100 %") == true)
    #expect(headless.text.contains("connection refused; its groups are 40s old"))
  }
}
