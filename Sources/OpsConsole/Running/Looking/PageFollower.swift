import Console
import OpsModel
import Runbooks

/// Makes the page of a run out of what its folder tells, as it grows.
final class PageFollower {
  /// Lines of output that a page has.
  private static let lines = 2000
  /// Lines of steps that a page has.
  private static let steps = 2000

  private let folder: RunFolder
  private let mailbox: Mailbox
  private let clock: any OpsClock
  private let tail: JournalTail
  private var output: RunOutput
  private var outline: RunOutline
  private var last: JournalRecord?
  private var shown: [RunPage.Line] = []
  private var isOpen = false
  private var plan: RunPlan?
  private var runbook: Runbook?
  private var told: RunPage?

  init(_ folder: RunFolder, mailbox: Mailbox, clock: any OpsClock) {
    self.folder = folder
    self.mailbox = mailbox
    self.clock = clock
    tail = JournalTail(folder.journal)
    output = RunOutput(folder)
    output.skip(to: 4 << 20)
    plan = FilePaths.bytes(of: folder.plan, limit: 16 << 20).flatMap { RunPlan(document: $0) }
    let hosts = plan?.steps.compactMap { step in step.hosts.map { (step.path, $0) } } ?? []
    outline = RunOutline(totals: Dictionary(hosts) { first, _ in first })
    runbook = FilePaths.bytes(of: folder.runbook, limit: 1 << 20).flatMap { text in
      if case .success(let read) = RunbookLibrary.entry(folder.runbook, text).runbook { read } else { nil }
    }
  }

  /// What is told is not what is known.
  private var isNew = true
  /// There is more of a long run to read than one look took.
  private(set) var hasMore = false

  /// Its plan cannot be read: there will be no page.
  var isDamaged: Bool { plan == nil }

  /// - Returns: whether the page changed.
  func look() -> Bool {
    guard let plan else { return false }
    let isAlive = RunView.isAlive(folder)
    let records = tail.next()
    outline.add(records)
    last = records.last { $0.kind == .runEnd || $0.kind == .pause } ?? last
    let lines = output.next()
    take(lines)
    isNew = isNew || !records.isEmpty || !lines.isEmpty || told?.isAlive != isAlive
    // Half a journal would tell of a run that stands where it does not.
    hasMore = tail.isBehind
    guard isNew, !hasMore else { return false }
    isNew = false
    let page = page(plan, isAlive)
    told = page
    mailbox.post(.runbooks(.page(page)))
    return true
  }

  private func take(_ lines: [RunOutput.Line]) {
    for line in lines {
      if isOpen, let before = shown.last, before.step == line.step {
        shown[shown.count - 1] = RunPage.Line(step: line.step, text: (before.text + line.text).prefix(SafeText.limit))
      } else {
        shown.append(RunPage.Line(step: line.step, text: line.text))
      }
      isOpen = line.isOpen
    }
    if shown.count > Self.lines { shown.removeFirst(shown.count - Self.lines) }
  }

  private func page(_ plan: RunPlan, _ isAlive: Bool) -> RunPage {
    let history = outline.history
    let standing = RunStanding(history, isAlive: isAlive)
    let row = RunbookWords.row(plan, folder, standing, history, isAlive: isAlive, message: RunbookWords.message(last, standing))
    var question: RunPage.Question?
    var steps: [RunPage.Step] = []
    func add(_ id: String) {
      let step = history.step(id)
      if step.state == .waiting, step.waitsFor["kind"] == .text("prompt") { question = RunbookWords.question(id, step) }
      let isDoubtful = !isAlive && RunView.needsPerson(id, step, runbook)
      guard isDoubtful || steps.count < Self.steps else { return }
      steps.append(RunbookWords.step(steps.count + 1, id, step, isAlive: isAlive, isDoubtful: isDoubtful))
    }
    for id in outline.top {
      guard let group = outline.groups[id] else {
        add(id)
        continue
      }
      steps.append(RunbookWords.group(steps.count + 1, id, group, history.step(id), isAlive: isAlive))
      for entry in outline.listed(id) { add(entry) }
    }
    var page = RunPage(
      row: row, steps: steps + pending(plan, after: steps.count), output: shown, question: isAlive ? question : nil, typed: plan.typed,
      isAlive: isAlive,
      problem: tail.isBroken ? "its journal does not hold: somebody changed it" : nil, at: clock.now())
    page.isUnwanted = history.isUnwanted
    return page
  }

  /// What the plan has and the journal has not yet. Steps of hosts and those for failures come only where they are begun.
  private func pending(_ plan: RunPlan, after count: Int) -> [RunPage.Step] {
    let begun = Set(outline.top)
    let left = plan.steps.filter { step in
      !step.path.contains("/*/") && !step.path.hasPrefix("on_failure/") && !begun.contains(step.path)
    }
    return left.prefix(500).enumerated().map { index, step in
      RunPage.Step(
        number: count + index + 1, path: SafeText(escaping: step.path, limit: 300), kind: SafeText(escaping: step.kind, limit: 20),
        state: "pending", severity: .ok, attempts: 0, batches: 0, startedAt: nil, endedAt: nil, message: "", isDoubtful: false)
    }
  }
}
