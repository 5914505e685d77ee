import Canvas
import OpsModel

@testable import Console
@testable import Gate

/// Answers to what the panels of dead letters, workers and the audit log ask for.
@MainActor
enum DeadScenes {
  static let orders = SourceView(
    name: "orders", kind: "rq", facets: [.queues, .workers], interval: 2, canShowWaiting: true, canShowDead: true,
    verbs: [.retry, .discard, .restore, .recover, .stopJob, .suspend, .resume, .shutdown])
  static let mail = SourceView(
    name: "mail", kind: "celery", facets: [.queues, .workers], interval: 2, canShowWaiting: true, canShowDead: true,
    verbs: [.retry, .retryEdited, .recover, .ping, .inspect, .revoke, .grow, .shrink, .shutdown], asksForOrphans: true)

  /// A console that watches both, and what they answered.
  static func console(
    _ columns: Int = 100, _ rows: Int = 30, environment: Environment = .production, readOnly: SafeText? = nil, look: Look = .colours256
  ) throws -> Headless {
    let headless = try Headless(columns, rows, look: look, environment: environment, readOnly: readOnly)
    headless.feed(.source(orders), .source(mail), .observed(Fixtures.usualQueues(headless.clock)))
    var heard = Fixtures.queues(headless.clock, [Fixtures.queue("mail", "celery", 3)], source: "mail")
    var worker = WorkerState(id: ResourceID(source: "mail", kind: .worker, key: "w1@here"), name: "w1@here", activity: .busy)
    worker.heartbeatAge = 1
    heard.workers = [worker]
    heard.feed = FailureFeed(
      listeningFor: 900, window: 600, count: 37, lastAt: headless.clock.now().unix - 4, task: "mail.send", errorType: "KeyError",
      message: "'template'")
    headless.feed(.observed(heard))
    return headless
  }

  static func letter(_ number: Int, at now: Double, hostile: Bool = false) -> DeadLetter {
    let nasty = "\u{1B}[2J\u{202E}x\u{200B}\r\n"
    let target = Target(scope: Array("default".utf8), key: Array("3f9c000\(number)".utf8), version: Version(score: 9 + Double(number)))
    var letter = DeadLetter(source: "orders", target: target, name: SafeText(bytes: target.key), queue: "default")
    letter.task = SafeText(escaping: "payments.charge" + (hostile ? nasty : ""))
    letter.errorType = SafeText(escaping: "TimeoutError" + (hostile ? nasty : ""))
    letter.message = SafeText(escaping: "partner did not answer in \(number + 3) s" + (hostile ? nasty : ""))
    letter.arguments = SafeText(escaping: "(order_id=\(1200 + number))" + (hostile ? nasty : ""))
    letter.failedAt = now - 60 * Double(number + 1)
    letter.createdAt = now - 4000
    letter.expiresAt = now + 86_400
    letter.attempts = 4
    letter.attemptLimit = 4
    letter.size = 212
    if number == 3 { letter.whyNot = "its record is gone" }
    return letter
  }

  /// Does what the program around the console would do with its effects.
  static func answer(_ headless: Headless, hostile: Bool = false) {
    let now = headless.clock.now()
    for effect in headless.takeEffects() {
      switch effect {
      case .study: headless.feed(.study(study(now, hostile: hostile)))
      case .listDead(let request):
        var list = DeadList(request: request, began: now)
        list.letters = (0..<6).map { letter($0, at: now.unix, hostile: hostile) }.filter { request.selection.holds($0, now: now.unix) }
        list.progress = DeadProgress(total: 6)
        list.ended = now
        headless.feed(.deadList(list))
      case .inspect(let source, let target): inspect(headless, source, target, now)
      case .prepare(let draft, let number): headless.feed(.action(.prepared(plan(draft, now)), number: number))
      case .readAudit: headless.feed(.audit(audit(now)))
      case .listQuarantine(let source):
        let file = QuarantineSummary(
          path: "/state/quarantine/ab12.jsonl", source: source, at: "2026-11-19T10:00:00Z", operation: "ab12", size: 20_480)
        headless.feed(.quarantine(source, [file]))
      default: break
      }
    }
    _ = headless.frame
  }

  private static func study(_ now: Moment, hostile: Bool) -> DeadStudy {
    var groups = DeadGroups(now: now.unix)
    for number in 0..<6 { groups.add(letter(number, at: now.unix, hostile: hostile)) }
    var study = DeadStudy(source: "orders", began: now)
    study.groups = groups.groups
    study.progress = DeadProgress(total: 6)
    study.progress.seen = 6
    study.progress.isWhole = true
    study.ended = now
    var orphan = letter(1, at: now.unix)
    orphan.message = "worker w7 is gone"
    orphan.errorType = "orphan"
    study.orphans = [orphan]
    return study
  }

  private static func inspect(_ headless: Headless, _ source: SafeText, _ target: Target, _ now: Moment) {
    let id = Target.identity(source: source, kind: .deadLetter, scope: target.scope, key: target.key)
    var detail = DeadLetterDetail(letter: letter(0, at: now.unix), fidelity: "the job is moved as it is, byte for byte")
    detail.arguments = "(order_id=1200)"
    detail.traceback = ["Traceback (most recent call last):", "  File \"app.py\", line 3, in charge", "TimeoutError: partner"]
    detail.fields = [("status", "failed"), ("origin", "default")]
    detail.raw = Array("x\u{9C}pickle".utf8)
    detail.rawSize = 212
    detail.unknown = ["whether the partner was charged"]
    headless.feed(.deadDetail(id, .success(detail)))
  }

  static func plan(_ draft: ActionDraft, _ now: Moment) -> Plan {
    var targets = TargetList()
    if case .targets(let list) = draft.meant { targets = list }
    if case .selection = draft.meant { targets = TargetList((0..<1_102).map { letter($0, at: now.unix).target }) }
    var rehearsal = Rehearsal(
      affected: max(1, targets.count - 1), examined: targets.count, moves: "moves 1 101 jobs to rq:queue:default (41 208 ready there)",
      undo: "not by itself", guarantee: .atomic, place: "redis at 10.0.0.5:6379", account: "ops", serverID: "run-1")
    rehearsal.keeps = ["arguments, id, timeout and callbacks, byte for byte"]
    rehearsal.loses = ["automatic retries: what is left of them stays as it is (0 stays 0)"]
    rehearsal.refused = [("the entry is there, its work is gone; left alone", 1)]
    rehearsal.commands = ["EVALSHA (ZSCORE, HMGET, HSET, RPUSH, ZREM in one step)"]
    let operation = Operation(id: "op-1", draft.verb, source: draft.source, targets: targets, arguments: draft.arguments)
    return Plan(operation, rehearsal, .production, at: now)
  }

  private static func audit(_ now: Moment) -> AuditView {
    let rows = (1...4).reversed().map { number in
      AuditRow(
        sequence: number, at: "2026-11-19T10:00:0\(number).042Z", phase: number % 2 == 0 ? "outcome" : "intent", action: "retry",
        target: "production/orders", operation: "op-\(number)", who: "oncall@bastion-2",
        what: number % 2 == 0 ? "done" : "14 jobs to default",
        fields: [("action", "retry"), ("seq", "\(number)")])
    }
    let open: SafeText =
      "retry at production/orders, operation op-3: its console ended at 2026-11-19T10:00:03Z before an outcome was written"
    return AuditView(path: "/state/audit.jsonl", at: now, rows: rows, count: 4, open: [open])
  }
}
