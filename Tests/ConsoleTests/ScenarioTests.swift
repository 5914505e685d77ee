import Canvas
import Console
import OpsModel
import Testing

@Suite("What happens when keys are pressed")
@MainActor
struct ScenarioTests {
  private func console(_ columns: Int = 100, _ rows: Int = 24) throws -> Headless {
    let headless = try Headless(columns, rows)
    headless.feed(.source(Fixtures.orders), .source(Fixtures.mainDB))
    headless.feed(.observed(Fixtures.usualQueues(headless.clock)), .observed(Fixtures.sessions(headless.clock)))
    return headless
  }

  @Test("digits open panels, Enter goes deeper, Esc comes back, and the crumbs say where one is")
  func navigation() throws {
    let headless = try console()
    #expect(headless.text.contains("1 Pulse"))
    headless.press(Key("2"), .enter)
    #expect(headless.line(holding: "Queues › orders › default") != nil)
    #expect(headless.deeds == [.look(into: ResourceID(source: "orders", kind: .queue, key: "default"))])
    headless.press(.escape)
    #expect(headless.text.contains("41 208"))
    headless.press(.escape, .escape)
    #expect(headless.text.contains("nothing to go back to"))
  }

  @Test("keys that come in one packet over a slow link do what they do one by one")
  func severalAtOnce() throws {
    let headless = try console()
    headless.feed(.input(.key(Key("2"))), .input(.key(.enter)))
    #expect(headless.line(holding: "Queues › orders › default") != nil)
  }

  @Test("the selection is a thing and not a row: it stays on its queue when the order changes")
  func selectionHoldsIdentity() throws {
    let headless = try console()
    headless.press(Key("2"), .down)
    #expect(headless.line(holding: "▸")?.contains("low") == true)
    headless.pass(5)
    headless.feed(
      .observed(
        Fixtures.queues(headless.clock, [Fixtures.queue("orders", "low", 9, oldest: .exact(9999)), Fixtures.queue("orders", "high", 1)])))
    #expect(headless.line(holding: "▸")?.contains("low") == true)
  }

  @Test("when the selected thing is gone nothing else is selected in its place")
  func selectionGone() throws {
    let headless = try console()
    headless.press(Key("2"))
    headless.pass(5)
    headless.feed(.observed(Fixtures.queues(headless.clock, [Fixtures.queue("orders", "high", 1)])))
    #expect(headless.line(holding: "▸") == nil)
    headless.press(.enter)
    #expect(headless.text.contains("the selected row is gone"))
    #expect(headless.deeds.isEmpty)
  }

  @Test("a filter narrows while one types, Esc drops it, errors name the nearest column")
  func filter() throws {
    let headless = try console()
    headless.press(Key("4"), Key("/")).type("state:busy")
    #expect(headless.text.contains("orders-1") && !headless.text.contains("orders-2"))
    headless.press(.enter)
    #expect(headless.text.contains("/state:busy"))
    headless.press(.escape)
    #expect(headless.text.contains("orders-2"))
    headless.press(Key("/")).type("stat:busy")
    #expect(headless.text.contains("did you mean state?"))
  }

  @Test("s sorts by a column that is chosen, and turns the order round the second time")
  func sorting() throws {
    let headless = try console()
    headless.press(Key("2"), Key("s")).type("ready").press(.enter)
    let names = {
      headless.text.split(separator: "\n").filter { $0.contains("orders  ") }.map { $0.split(separator: " ").filter { $0 != "▸" }[0] }
    }
    #expect(names().first == "default")
    headless.press(Key("s")).type("ready").press(.enter)
    #expect(names().first == "high")
    // Unknown is never sorted between numbers.
    #expect(names().last == "reports")
  }

  @Test("a held view stands still while its age goes on")
  func hold() throws {
    let headless = try console()
    headless.press(Key("2"), Key("p"))
    headless.pass(10)
    headless.feed(.observed(Fixtures.queues(headless.clock, [Fixtures.queue("orders", "default", 7)])))
    #expect(headless.text.contains("41 208"))
    #expect(headless.text.contains("HELD 10s"))
    headless.press(Key("p"))
    #expect(!headless.text.contains("41 208"))
  }

  @Test("rows do not move away while the cursor is being moved")
  func automaticHold() throws {
    let headless = try console()
    headless.press(Key("2"), .down)
    headless.feed(.observed(Fixtures.queues(headless.clock, [Fixtures.queue("orders", "default", 7)])))
    #expect(headless.text.contains("41 208"))
    headless.pass(2.5)
    #expect(!headless.text.contains("41 208"))
  }

  @Test("the palette finds commands, shows what they will do, and says why one can not be run")
  func palette() throws {
    let headless = try console()
    headless.press(Key(":")).type("work")
    #expect(headless.text.contains("State, task, time on it"))
    headless.press(.enter)
    #expect(headless.text.contains("orders-1"))
    let empty = try Headless()
    empty.press(Key(":")).type("ask now")
    #expect(empty.text.contains("not now: there is no source"))
  }

  @Test("help lists the keys of the panel and of every screen")
  func help() throws {
    let headless = try console(100, 60)
    headless.press(Key("5"), Key("?"))
    #expect(headless.text.contains("Shows the whole statement"))
    #expect(headless.text.contains("Leaves the console"))
    headless.press(.escape)
    #expect(!headless.text.contains("Leaves the console"))
  }

  @Test("a paste is text where text is typed, and nothing anywhere else")
  func paste() throws {
    let headless = try console()
    headless.feed(.input(.paste("q")))
    #expect(headless.app.exitCode == nil)
    #expect(headless.text.contains("not taken as keys"))
    headless.press(Key("4"), Key("/")).feed(.input(.paste("state:busy")))
    #expect(!headless.text.contains("orders-2"))
  }

  @Test("q quits with 0, a signal with its code")
  func quitting() throws {
    let headless = try console()
    headless.press(Key("q"))
    #expect(headless.app.exitCode == 0)
    let other = try console()
    other.feed(.input(.end(129)))
    #expect(other.app.exitCode == 129)
  }

  @Test("copying hands out the name of the selected thing")
  func copy() throws {
    let headless = try console()
    headless.press(Key("2"), Key("y"))
    #expect(headless.deeds == [.copy("default")])
  }

  @Test("remapped keys work, and the footer shows them")
  func remapped() throws {
    let headless = try Headless(100, 24, keymap: Keymap(changed: ["queues.open": [Key("o")]]))
    headless.feed(.source(Fixtures.orders), .observed(Fixtures.usualQueues(headless.clock)))
    headless.press(Key("2"))
    #expect(headless.text.contains("o waiting tasks"))
    headless.press(Key("o"))
    #expect(headless.deeds.count == 1)
  }
}
