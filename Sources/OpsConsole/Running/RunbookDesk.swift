import Console
import Gate
import Glibc
import OpsModel
import Runbooks

/// Reads runbooks and runs for the console, makes plans, begins runs and watches them. A run goes on without it.
actor RunbookDesk {
  private let configuration: Configuration?
  private let options: SharedOptions
  private let paths: FilePaths
  private let maker: GateMaker
  private let mailbox: Mailbox
  private let clock: any OpsClock
  private let gate: @Sendable () async -> Gate
  /// The plan that waits for its answer.
  private var waiting: (number: Int, made: PlanMaker.Made)?
  private var dropped = 0
  private var followed: (run: RunID, task: Task<Void, Never>)?
  /// Runs of this console have somebody who looks as long as it lives.
  private var clients: [RunID: RunnerClient] = [:]
  private var attaching: Set<RunID> = []
  /// Runners that took nobody in, and when.
  private var refusedAt: [RunID: Moment] = [:]
  /// Seconds until such a one is asked again.
  private static let again = 5.0
  private let watch: RunWatch
  private let record: @Sendable (TapeEvent) -> Void

  init(
    configuration: Configuration?, options: SharedOptions, paths: FilePaths, maker: GateMaker, mailbox: Mailbox, clock: any OpsClock,
    gate: @escaping @Sendable () async -> Gate, record: @escaping @Sendable (TapeEvent) -> Void = { _ in }
  ) {
    watch = RunWatch(paths, since: clock.now().unix, of: maker.named, configuration: configuration?.file)
    self.record = record
    self.configuration = configuration
    self.options = options
    self.paths = paths
    self.maker = maker
    self.mailbox = mailbox
    self.clock = clock
    self.gate = gate
  }

  /// Every other second: puts what happened to runs on the sparklines and on the tape, whoever carries them out.
  func lookAtRuns() {
    for client in clients.values { client.sayHere() }
    let events = watch.look()
    for event in events {
      mailbox.post(.pin(event))
      record(event)
      if event.severity != .ok { mailbox.post(.message(Notice(event.severity, "\(event.title): \(event.detail)"))) }
    }
    if !events.isEmpty { list() }
  }

  private var who: String { maker.actor.name.text }

  func perform(_ effect: RunbookEffect) async {
    switch effect {
    case .list: list()
    case .plan(let name, let values, let alert, let number): await plan(name, values, alert, number)
    case .rest(let run, let number): await rest(run, number)
    case .begin(let answer, let number): begin(answer, number)
    case .drop(let number):
      dropped = max(dropped, number)
      if waiting?.number == number { waiting = nil }
    case .follow(let run): follow(run)
    case .hand(let run, let word): hand(run) { $0.wish(word, by: SafeText(escaping: self.who, limit: 100)) }
    case .reply(let run, let step, let choice):
      hand(run) { $0.wish("answer", by: SafeText(escaping: self.who, limit: 100), step: step, choice: choice) }
    case .resume(let run, let decisions, let reason, let isAbort): resume(run, decisions, reason, isAbort)
    }
  }

  // MARK: Lists

  private func list() {
    ScratchFolder.sweep()
    let (runs, damaged) = RunView.list(paths)
    let entries = RunbookLibrary(configuration, paths).entries
    let named = maker.named
    let rows = entries.map { entry -> RunbookRow in
      var row = RunbookWords.row(entry, environment: named, groups: configuration?.runbooks.groups ?? [])
      if let last = runs.first(where: { $0.plan.id == row.name.text && $0.plan.environment == named.rawValue }) {
        row.lastState = last.state.word
        row.lastAt = last.plan.at
      }
      return row
    }
    let known = runs.map { RunbookWords.row($0, in: named) } + damaged.map { RunbookWords.damaged($0) }
    mailbox.post(.runbooks(.listed(rows, known)))
  }

  // MARK: Plans

  private func plan(_ name: SafeText, _ values: [String: [String]], _ alert: SafeText?, _ number: Int) async {
    let planner = PlanMaker(
      configuration: configuration, books: RunbookLibrary(configuration, paths), maker: maker, gate: await gate(), paths: paths,
      clock: clock)
    do throws(PlanRefusal) {
      let made = try await planner.make(name.text, values, alert: alert?.text)
      guard number > dropped else { return }
      waiting = (number, made)
      mailbox.post(.runbooks(.planned(RunbookWords.plan(made, readOnly: maker.whyReadOnly, now: clock.now()), number: number)))
    } catch {
      mailbox.post(.runbooks(.refused(error.lines, number: number)))
    }
  }

  /// The plan of what a run has left.
  private func rest(_ run: SafeText, _ number: Int) async {
    func refuse(_ why: SafeText) { mailbox.post(.runbooks(.refused([why], number: number))) }
    guard let folder = folder(run), let view = RunView(folder) else { return refuse("\(run) cannot be read") }
    guard view.plan.sensitive.isEmpty else {
      return refuse("it needs sensitive parameters again: opsconsole runbook resume --remaining \(run) --param-env NAME=VARIABLE")
    }
    let planner = PlanMaker(
      configuration: configuration, books: RunbookLibrary(configuration, paths), maker: maker, gate: await gate(), paths: paths,
      clock: clock)
    do throws(PlanRefusal) {
      let made = try await planner.make(rest: RestPlan(view: view, decided: []), sensitive: [:])
      guard number > dropped else { return }
      waiting = (number, made)
      mailbox.post(.runbooks(.planned(RunbookWords.plan(made, readOnly: maker.whyReadOnly, now: clock.now()), number: number)))
    } catch {
      mailbox.post(.runbooks(.refused(error.lines, number: number)))
    }
  }

  private func begin(_ answer: Answer, _ number: Int) {
    guard let (known, made) = waiting, known == number else {
      return mailbox.post(.runbooks(.refused(["nothing was done: this plan has expired; plan again"], number: number)))
    }
    waiting = nil
    guard maker.whyReadOnly == nil, made.plan.obstacles.isEmpty,
      Policy.accepts(answer, for: made.confirmation, name: made.plan.typed),
      made.plan.age(at: clock.now(), boot: maker.actor.boot.text) <= made.plan.life
    else {
      return mailbox.post(.runbooks(.refused(["nothing was done: not confirmed, or the plan has expired; plan again"], number: number)))
    }
    let start = RunStart(paths: paths, options: options, clock: clock)
    if let other = start.shown(instead: made) {
      watch(other)
      mailbox.post(.runbooks(.begun(run: other.id.shown, number: number)))
      return mailbox.post(.message(Notice(.warning, "nothing was begun: this run has the lock, and is shown instead")))
    }
    do throws(RunStart.Problem) {
      let folder = try start.begin(made, by: who)
      watch(folder)
      mailbox.post(.runbooks(.begun(run: folder.id.shown, number: number)))
    } catch { mailbox.post(.runbooks(.refused([error.sentence], number: number))) }
  }

  // MARK: Runs

  private func folder(_ run: SafeText) -> RunFolder? { RunID(run.text).map { RunFolder($0, in: paths.runFolder) } }

  private func hand(_ run: SafeText, _ body: (RunnerClient) -> RunnerReply?) {
    guard maker.whyReadOnly == nil, let folder = folder(run), let client = clients[folder.id] ?? RunnerClient(folder) else {
      return mailbox.post(.message(Notice(.warning, "no runner is at it")))
    }
    clients[folder.id] = client
    guard let said = body(client) else {
      clients[folder.id] = nil
      return mailbox.post(.message(Notice(.warning, "the runner did not answer")))
    }
    mailbox.post(.message(Notice(said.isTaken ? .ok : .warning, said.words)))
  }

  private func resume(_ run: SafeText, _ decisions: [RunDecision], _ reason: String, _ isAbort: Bool) {
    guard maker.whyReadOnly == nil, let folder = folder(run), let view = RunView(folder) else { return }
    let why = view.whyNotResumed(
      now: clock.now(), by: maker.actor, configuration: configuration?.file, environment: maker.named, isAbort: isAbort)
    if let why {
      return mailbox.post(.message(Notice(.warning, why)))
    }
    guard view.plan.sensitive.isEmpty else {
      return mailbox.post(
        .message(Notice(.warning, "sensitive parameters are written nowhere, and are given again in a shell: \(view.resuming)")))
    }
    let decided = decisions.compactMap { one in
      RunOrder.Decision.Word(rawValue: one.word.text).map { RunOrder.Decision(step: one.step.text, word: $0, reason: reason) }
    }
    let logged = FilePaths.size(of: folder.log) ?? 0
    do throws(RunStart.Problem) {
      try RunStart(paths: paths, options: options, clock: clock).start(
        folder, RunOrder(isAbort ? .abort : .resume, by: who, reason: reason, decisions: decided))
      clients[folder.id] = nil
      watch(folder, after: logged)
    } catch { mailbox.post(.message(Notice(.warning, error.sentence))) }
  }

  // MARK: Watching

  private func follow(_ run: SafeText) {
    guard let folder = folder(run) else { return }
    watch(folder)
  }

  /// - Parameter logged: bytes that runners had said before one was started just now.
  private func watch(_ folder: RunFolder, after logged: Int? = nil) {
    followed?.task.cancel()
    let follower = PageFollower(folder, mailbox: mailbox, clock: clock)
    if follower.isDamaged { return mailbox.post(.message(Notice(.warning, "\(folder.id.shown) cannot be read: its plan is damaged"))) }
    let (canWrite, mailbox) = (maker.whyReadOnly == nil, mailbox)
    let task = Task { [weak self] in
      var logged = logged
      while !Task.isCancelled {
        let isAlive = RunView.isAlive(folder)
        if let before = logged, !isAlive, let said = RunnerLog.said(folder, after: before) {
          logged = nil
          mailbox.post(.message(Notice(.warning, said)))
        }
        // Who may not act is nobody that a run could count on.
        if isAlive, canWrite { Task { await self?.attach(folder) } }
        if follower.look(), !isAlive { await self?.ended(folder) }
        try? await Task.sleep(for: .milliseconds(follower.hasMore ? 10 : isAlive ? 200 : 1000))
      }
    }
    followed = (folder.id, task)
  }

  /// The page does not wait for it: a runner that is busy or stopped greets late, or never.
  private func attach(_ folder: RunFolder) async {
    guard clients[folder.id] == nil, !attaching.contains(folder.id),
      refusedAt[folder.id].map({ clock.now().age(since: $0) > Self.again }) ?? true
    else { return }
    attaching.insert(folder.id)
    let client = await withCheckedContinuation { continuation in
      ThreadStart.detach { continuation.resume(returning: RunnerClient(folder)) }
    }
    attaching.remove(folder.id)
    clients[folder.id] = clients[folder.id] ?? client
    // One that is stopped takes nobody in: it is not asked at every look.
    refusedAt[folder.id] = clients[folder.id] == nil ? clock.now() : nil
  }

  /// The list of runs tells how it ended.
  private func ended(_ folder: RunFolder) {
    clients[folder.id] = nil
    list()
  }
}
