import Canvas
import Gate
import OpsModel
import Testing

@testable import Console

/// What is offered for a finding is about that finding.
@MainActor
@Suite("Runbooks for a finding")
struct RunbookFitTests {
  private static let sources: Set<SafeText> = ["orders", "mail", "main-db"]

  private static func row(
    _ name: SafeText, _ alerts: [SafeText], on connections: [SafeText], labels: [Int: [String: String]] = [:]
  ) -> RunbookRow {
    func parameter(_ name: String, _ type: String, _ fallback: String) -> RunbookRow.Parameter {
      RunbookRow.Parameter(
        name: name, type: type, isRequired: false, fallback: fallback, choices: [], question: "", isSensitive: false, source: nil)
    }
    var out = RunbookRow(
      name: name, title: "Retry the dead letters", owner: "payments", risk: "medium", onlyLooks: false, alerts: alerts,
      parameters: [parameter("queue", "queue", "default"), parameter("error", "string", "partner gateway")], steps: 3, file: "x.yaml",
      problem: nil)
    out.connections = connections
    out.labels = labels
    return out
  }

  private static func suspect(_ source: SafeText, _ task: SafeText = "mail.bounce", subject: ResourceID? = nil) -> Suspect {
    var out = Suspect(
      "failing-task", subject ?? ResourceID(source: source, kind: .source, key: []), .warning, score: 61, "\(task) fails", evidence: [],
      since: 1)
    out.task = task
    return out
  }

  private static func fit(_ row: RunbookRow, _ hint: RunbookHint) -> RunbookFit? { RunbookFit(row, hint, sources: sources) }

  @Test("a runbook that works on another source of the same kind is told from one that works on this one")
  func otherSource() throws {
    let hint = RunbookHint(Self.suspect("mail"))
    #expect(hint.about == "mail.bounce of mail")
    let wrong = try #require(Self.fit(Self.row("retry-orders", ["failing-task"], on: ["orders"]), hint))
    #expect(wrong.warning == "does not fit: it works on orders, and this is about mail")
    let right = try #require(Self.fit(Self.row("retry-mail", ["failing-task"], on: ["mail", "payments-api"]), hint))
    #expect(right.warning == nil && right.reason == "answers failing-task, works on mail")
    let open = try #require(Self.fit(Self.row("restart", ["failing-task"], on: []), hint))
    #expect(open.warning == nil && open.reason == "answers failing-task")
  }

  @Test("labels of a runbook choose source and task, and those of other alerts are no match")
  func labels() {
    let row = Self.row("bounce", ["failing-task"], on: ["mail"], labels: [0: ["source": "mail", "task": "mail.bounce"]])
    #expect(
      Self.fit(row, RunbookHint(Self.suspect("mail")))?.reason == "answers failing-task of source mail, task mail.bounce, works on mail")
    #expect(Self.fit(row, RunbookHint(Self.suspect("mail", "mail.send"))) == nil)
    #expect(Self.fit(row, RunbookHint(Self.suspect("orders"))) == nil)
    var alert = AlertState(
      id: ResourceID(source: "prom", kind: .alert, key: "x"), name: "HighErrors", severity: .critical, state: .firing,
      labels: [.init("job", "payments"), .init("instance", "web-1:9100")])
    let other = Self.row("errors", ["HighErrors"], on: [], labels: [0: ["job": "billing"]])
    #expect(Self.fit(other, RunbookHint(alert)) == nil)
    alert.labels[0] = .init("job", "billing")
    #expect(Self.fit(other, RunbookHint(alert)) != nil)
    #expect(RunbookHint(alert).about == "HighErrors, job billing, instance web-1:9100")
  }

  @Test("a kind of failure gives its task and its error, a queue its name")
  func values() {
    let kind = ResourceID(source: "mail", kind: .deadGroup, key: "mail.bounce\u{0}MailboxUnavailable\u{0}550 <address>")
    let hint = RunbookHint(Self.suspect("mail", subject: kind))
    #expect(hint.values["task"] == "mail.bounce" && hint.values["error"] == "MailboxUnavailable" && hint.values["source"] == "mail")
    let queue = ResourceID(source: "orders", kind: .queue, key: "default")
    #expect(RunbookHint(Suspect("starvation", queue, .warning, score: 1, "", evidence: [], since: 1)).about == "default of orders")
  }

  private static func console(_ rows: [RunbookRow], _ suspect: Suspect) throws -> Headless {
    let headless = try Headless(120, 40)
    headless.feed(.source(Fixtures.orders), .source(Fixtures.mail), .runbooks(.listed(rows, [])))
    _ = headless.takeEffects()
    _ = headless.app.perform(.runbook(.answer(RunbookHint(suspect))))
    return headless
  }

  @Test("the form says whom it is for, warns where the source differs, and fills in nothing of another source")
  func form() throws {
    let kind = ResourceID(source: "mail", kind: .deadGroup, key: "mail.bounce\u{0}MailboxUnavailable\u{0}550")
    let wrong = try Self.console([Self.row("retry-orders", ["failing-task"], on: ["orders"])], Self.suspect("mail", subject: kind))
    #expect(wrong.text.contains("for: mail.bounce of mail"))
    #expect(wrong.text.contains("does not fit: it works on orders, and this is about mail"))
    #expect(wrong.text.contains("partner gateway") && !wrong.text.contains("MailboxUnavailable"))
    let right = try Self.console([Self.row("retry-mail", ["failing-task"], on: ["mail"])], Self.suspect("mail", subject: kind))
    #expect(right.text.contains("for: mail.bounce of mail") && !right.text.contains("does not fit"))
    #expect(right.text.contains("MailboxUnavailable") && !right.text.contains("partner gateway"))
  }

  @Test("of several each has its reason, and those that fit come first")
  func several() throws {
    let rows = [Self.row("retry-orders", ["failing-task"], on: ["orders"]), Self.row("retry-mail", ["failing-task"], on: ["mail"])]
    let headless = try Self.console(rows, Self.suspect("mail"))
    #expect(headless.text.contains("runbooks for mail.bounce of mail"))
    #expect(headless.text.contains("▸ retry-mail: works on mail "))
    #expect(headless.text.contains("retry-orders: works on orders, not on mail "))
    #expect(headless.text.contains("answers failing-task, works on mail: Retry the dead letters"))
    headless.press(.down, .enter)
    #expect(headless.text.contains("does not fit"))
  }

  @Test("a finding that is over meanwhile is told before a plan is made of it")
  func over() throws {
    let headless = try Self.console([Self.row("retry-mail", ["failing-task"], on: ["mail"])], Self.suspect("mail"))
    #expect(headless.text.contains("over: mail.bounce of mail is not found any more"))
    headless.press(.enter)
    #expect(headless.takeEffects().isEmpty, "a plan was made of what is over")
    #expect(headless.text.contains("Enter makes the plan all the same"))
    headless.press(.enter)
    #expect(headless.takeEffects().contains { if case .runbook(.plan) = $0 { true } else { false } })
  }
}
