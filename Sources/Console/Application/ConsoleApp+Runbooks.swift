import Canvas
import OpsModel

extension ConsoleApp {
  func perform(_ wish: RunbookWish) -> [Effect] {
    switch wish {
    case .list: return [.runbook(.list)]
    case .start(let id):
      guard let row = store.view.runbooks.catalogue.first(where: { $0.id == id }) else { return [] }
      return form(row, RunbookHint())
    case .answer(let hint): return answer(hint)
    case .follow(let id):
      store.runbooks {
        $0.watched = id
        if $0.page?.row.id != id { $0.page = nil }
      }
      return [.runbook(.follow(run: SafeText(bytes: id.key)))]
    case .pause(let id): return hand(id, "pause")
    case .cancel(let id): return hand(id, "cancel")
    case .interrupt(let id): return interrupt(id)
    case .reply: return reply()
    case .rest(let id, let name):
      actions += 1
      overlay = .run(RunBox(name: name, number: actions))
      return [.runbook(.rest(run: SafeText(bytes: id.key), number: actions))]
    case .resume(let id):
      guard let page = store.view.runbooks.page, page.row.id == id else { return [] }
      overlay = .resume(ResumeBox(page))
      return []
    }
  }

  /// Seconds within which a second Ctrl-C means the step itself.
  private static var patience: Double { 3 }

  private func interrupt(_ id: ResourceID) -> [Effect] {
    let now = clock.now()
    let isSecond = interruptedRun.map { $0.run == id && now.age(since: $0.at) < Self.patience } ?? false
    interruptedRun = isSecond ? nil : (id, now)
    guard !isSecond else { return hand(id, "cancel") }
    say(Notice(.warning, "it stops after this step; Ctrl-C once more within 3 s cancels the step"))
    return hand(id, "pause")
  }

  /// Ctrl-C on the page of a run that goes on means the run, and the program everywhere else.
  func interrupted() -> [Effect] {
    guard case .none = overlay, navigation.top.manifest.id == "run", let page = store.view.runbooks.page, page.isAlive,
      context().readOnly == nil
    else {
      exitCode = 130
      return []
    }
    return interrupt(page.row.id)
  }

  private func hand(_ id: ResourceID, _ word: SafeText) -> [Effect] { [.runbook(.hand(run: SafeText(bytes: id.key), word: word))] }

  /// The runbook that answers what is wrong, with what is known filled in; a choice where there are several.
  private func answer(_ hint: RunbookHint) -> [Effect] {
    let found = fits(hint)
    if found.count == 1, found[0].row.problem == nil { return form(found[0].row, hint) }
    guard !found.isEmpty else {
      say(Notice(.warning, "no runbook answers \(SafeText.join(hint.alerts, ", ")); 7 lists them all"))
      return [.runbook(.list)]
    }
    let items = found.map { fit in
      Chooser.Item(
        id: fit.row.name.text, title: "\(fit.row.name): \(fit.brief)", side: fit.row.risk, preview: "\(fit.reason): \(fit.row.title)",
        disabled: fit.row.problem)
    }
    let about = hint.about.isEmpty ? SafeText.join(hint.alerts, ", ") : hint.about
    overlay = .runbooks(Chooser(title: "runbooks for \(about)", items: items), hint)
    return []
  }

  private func fits(_ hint: RunbookHint) -> [RunbookFit] {
    store.view.runbooks.answers(to: hint, sources: Set(store.view.sources.map(\.name)))
  }

  /// Whether what a form came from has ended meanwhile.
  func isOver(_ form: RunForm) -> Bool {
    guard let origin = form.origin else { return false }
    if origin.kind == .suspect { return !store.view.suspects.contains { $0.id == origin } }
    return !AlertMerge.of(store.view).contains { $0.alert.id == origin }
  }

  func form(_ row: RunbookRow, _ hint: RunbookHint) -> [Effect] {
    if let why = row.problem {
      say(Notice(.warning, why))
      return []
    }
    let view = store.view
    let warning = fits(hint).first { $0.row.name == row.name }?.warning
    overlay = .form(RunForm(row, hint: hint, warning: warning) { RunbookPicks.known($0, in: view) })
    return []
  }

  private func reply() -> [Effect] {
    guard let page = store.view.runbooks.page, let question = page.question else {
      say(Notice(.warning, "it asks nothing now"))
      return []
    }
    overlay = .reply(ReplyBox(page, question))
    return []
  }

  // MARK: Keys

  func take(_ key: Key, _ form: RunForm) -> [Effect] {
    var form = form
    switch form.take(key) {
    case .nothing: overlay = .form(form)
    case .close:
      overlay = .none
      say(Notice(.ok, "given up; nothing was done"))
    case .say(let words):
      overlay = .form(form)
      say(Notice(.warning, words))
    case .plan where isOver(form) && !form.knowsOver:
      form.knowsOver = true
      overlay = .form(form)
      say(Notice(.warning, "\(form.about) is not found any more; Enter makes the plan all the same"))
    case .plan(let values):
      actions += 1
      overlay = .run(RunBox(name: form.row.name, number: actions))
      return [.runbook(.plan(name: form.row.name, values: values, alert: form.alert, number: actions))]
    }
    return []
  }

  func take(_ key: Key, _ box: RunBox) -> [Effect] {
    var box = box
    switch box.take(key, now: clock.now()) {
    case .nothing: overlay = .run(box)
    case .close: overlay = .none
    case .cancel:
      overlay = .none
      say(Notice(.ok, "given up; nothing was done"))
      return [.runbook(.drop(number: box.number))]
    case .say(let words):
      overlay = .run(box)
      say(Notice(.warning, words))
    case .go(let answer):
      box.stage = .starting
      overlay = .run(box)
      return [.runbook(.begin(answer, number: box.number))]
    }
    return []
  }

  func take(_ key: Key, _ box: ReplyBox) -> [Effect] {
    var box = box
    switch box.take(key) {
    case .nothing: overlay = .reply(box)
    case .close: overlay = .none
    case .say(let words):
      overlay = .reply(box)
      say(Notice(.warning, words))
    case .go(let choice):
      overlay = .none
      return [.runbook(.reply(run: box.run, step: box.question.step, choice: choice))]
    }
    return []
  }

  func take(_ key: Key, _ box: ResumeBox) -> [Effect] {
    var box = box
    switch box.take(key) {
    case .nothing: overlay = .resume(box)
    case .close: overlay = .none
    case .say(let words):
      overlay = .resume(box)
      say(Notice(.warning, words))
    case .go(let decisions, let reason, let isAbort):
      overlay = .none
      return [.runbook(.resume(run: box.page.row.run, decisions: decisions, reason: reason, isAbort: isAbort))]
    }
    return []
  }

  // MARK: News

  func take(_ news: RunbookNews) -> [Effect] {
    switch news {
    case .listed(let catalogue, let runs):
      store.runbooks {
        $0.catalogue = catalogue
        $0.runs = runs
        $0.readAt = self.clock.now()
      }
    case .page(let page): store.runbooks { if $0.watched == page.row.id { $0.page = page } }
    case .planned(let plan, let number):
      guard case .run(var box) = overlay, box.number == number else { return [] }
      box.take(plan, now: clock.now())
      overlay = .run(box)
    case .refused(let why, let number):
      guard case .run(var box) = overlay, box.number == number else { return [] }
      box.stage = .refused(why)
      overlay = .run(box)
    case .begun(let run, let number):
      guard case .run(let box) = overlay, box.number == number else { return [] }
      overlay = .none
      hold.overlay(isOpen: false, store.view, at: clock.now())
      return perform(Request.open(panel: "run", target: ResourceID(source: "", kind: .run, key: run.text)))
    }
    return []
  }
}
