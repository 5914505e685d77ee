import Canvas
import Console
import Gate
import OpsModel
import Testing

@Suite("What happens on the Database panel when keys are pressed")
@MainActor
struct DatabaseScenarioTests {
  private func console(_ columns: Int = 120, _ rows: Int = 30, readOnly: SafeText? = nil) throws -> Headless {
    let headless = try DatabaseScenes.console(columns, rows, readOnly: readOnly)
    headless.press(Key("5"))
    return headless
  }

  private func draft(_ headless: Headless) -> ActionDraft? {
    for case .prepare(let draft, _) in headless.takeEffects() { return draft }
    return nil
  }

  @Test("Tab turns through the four views and back to the first, each as it was left")
  func tabs() throws {
    let headless = try console()
    #expect(headless.line(holding: "[Activity]") != nil)
    headless.press(.down, .tab)
    #expect(headless.text.contains("[Statements]") && headless.text.contains("UPDATE orders SET status"))
    headless.press(.tab)
    #expect(headless.text.contains("[Locks]") && headless.text.contains("98 more queued"))
    headless.press(.tab)
    #expect(headless.text.contains("[Plan]") && headless.text.contains("no plan yet"))
    headless.press(.tab)
    #expect(headless.text.contains("[Activity]") && headless.line(holding: "▸")?.contains("4400") == true)
    headless.press(.backTab)
    #expect(headless.text.contains("[Plan]"))
    // The digit leads back to the tab that was open.
    headless.press(Key("1"), Key("5"))
    #expect(headless.text.contains("[Plan]"))
  }

  @Test("statements: w turns to the next window, and the line above says what the numbers can not know")
  func windows() throws {
    let headless = try console()
    headless.press(.tab)
    #expect(headless.text.contains("last 1m00s") && headless.text.contains("last 10s (no more is known yet)"))
    #expect(headless.text.contains("is in no statement: failed, cancelled"))
    headless.press(Key("w"))
    #expect(headless.text.contains("last 5m00s"))
    headless.press(Key("w"), Key("w"), Key("w"))
    #expect(headless.text.contains("last 1m00s"))
  }

  @Test("jumps: session to its statement, statement to who runs it, blocker to the tree, lock to its session, and Esc comes back")
  func jumps() throws {
    let headless = try console()
    headless.press(.down, Key("x"))
    #expect(headless.text.contains("[Statements]") && headless.text.contains("/id:77") && !headless.text.contains("sum(l.quantity)"))
    headless.press(Key("x"))
    #expect(headless.text.contains("[Activity]") && headless.text.contains("/id:77"))
    headless.press(.escape, .escape, .escape, .escape)
    headless.press(.home, Key("b"))
    #expect(headless.text.contains("[Locks]") && headless.line(holding: "▸")?.contains("4312") == true)
    headless.press(.enter)
    #expect(headless.text.contains("Database › main-db › 4312"))
    headless.press(.escape, .escape)
    #expect(headless.text.contains("[Activity]"))
  }

  @Test("cancel names the statement and terminate the session, by pid and by when they began; read-only refuses both")
  func actions() throws {
    let headless = try console()
    headless.press(.home, .down, Key("c"))
    let cancel = try #require(draft(headless))
    guard case .targets(let statements) = cancel.meant else {
      Issue.record("no targets")
      return
    }
    #expect(cancel.verb == .cancel && SessionTarget(key: statements[0].key)?.pid == 4400)
    #expect(SessionTarget(key: statements[0].key)?.queryStarted?.hasPrefix("2026-11-21 19:53") == true)
    headless.press(.escape, Key("T"))
    let terminate = try #require(draft(headless))
    guard case .targets(let sessions) = terminate.meant else {
      Issue.record("no targets")
      return
    }
    #expect(terminate.verb == .terminate && SessionTarget(key: sessions[0].key)?.queryStarted == nil)
    headless.press(.escape, .home, Key("c"))
    #expect(draft(headless) == nil && headless.text.contains("cancel does nothing there; T ends the session"))
    let careful = try console(readOnly: "--read-only")
    careful.press(.home, Key("T"))
    #expect(draft(careful) == nil && careful.text.contains("read-only (--read-only)"))
  }

  @Test("R on any line of a tree means the session at its root; a prepared transaction has none")
  func roots() throws {
    let headless = try console()
    headless.press(.tab, .tab, .home, .down, .down, Key("R"))
    let root = try #require(draft(headless))
    guard case .targets(let list) = root.meant else {
      Issue.record("no targets")
      return
    }
    #expect(root.verb == .terminate && SessionTarget(key: list[0].key)?.pid == 4312)
    headless.press(.escape, .end, Key("R"))
    #expect(draft(headless) == nil && headless.text.contains("there is no session at the root"))
  }

  @Test("a plan is asked for, shown as a tree with its tables, opened at a node, and measured only after it was asked")
  func plans() throws {
    let headless = try console(120, 60)
    headless.press(.tab, Key("v"))
    #expect(headless.text.contains("asking for the plan"))
    DatabaseScenes.answer(headless)
    #expect(headless.text.contains("per node type") && headless.text.contains("per table") && headless.text.contains("R2 node"))
    headless.press(Key("h"))
    let hottest = try #require(headless.line(holding: "▸"))
    headless.press(.enter)
    #expect(headless.text.contains("Shared Hit Blocks") || headless.text.contains("Sort Key") || headless.text.contains("Hash Cond"))
    #expect(headless.line(holding: "▸") == hottest)
    headless.press(Key("A"))
    #expect(draft(headless)?.verb == .analyze)
  }

  @Test("while p holds the view the source is left alone, and that is no trouble; p lets it go on")
  func held() throws {
    let headless = try console()
    headless.press(Key("p"))
    #expect(headless.takeEffects().contains(.rest(true)))
    headless.pass(120)
    #expect(headless.text.contains("HELD 2m00s") && headless.text.contains("1 fresh"))
    headless.press(Key("p"))
    #expect(headless.takeEffects().contains(.rest(false)))
  }

  @Test("connections are counted by application, and Enter lists their sessions")
  func connections() throws {
    let headless = try console()
    headless.press(Key("n"))
    #expect(headless.text.contains("38 of 97 connections") && headless.text.contains("admin-shell"))
    headless.press(.home, .enter)
    #expect(headless.text.contains("[Activity]") && headless.text.contains("/application:"))
  }

  @Test("the server's page tells the worst first, asks for tables when it is opened, and names what it could not read")
  func server() throws {
    let headless = try console(110, 50)
    headless.press(Key("H"))
    DatabaseScenes.answer(headless)
    let text = headless.text
    #expect(text.contains("slot left_behind is used by nobody and keeps 12 GB") && text.contains("standby standby-2 is 1m35s behind"))
    #expect(text.contains("invalid index (1)") && text.contains("not read: temporary files"))
  }
}
