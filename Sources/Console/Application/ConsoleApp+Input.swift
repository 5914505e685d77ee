import Canvas
import Gate
import OpsModel

extension ConsoleApp {
  func take(_ input: InputEvent) -> [Effect] {
    switch input {
    case .key(let key):
      message = nil
      return take(key)
    case .paste(let text):
      paste(text)
    case .resize: overlay.resized()
    case .resumed: return [.redraw, .pollNow]
    case .interrupt: return interrupted()
    case .end(let code): exitCode = code
    }
    return []
  }

  private func take(_ key: Key) -> [Effect] {
    defer { hold.overlay(isOpen: overlay.isOpen, store.view, at: clock.now()) }
    switch overlay {
    case .none: return run(key)
    case .help(var page):
      let isClosing = key == .escape || key == Key("q") || key == Key("?")
      page.take(key, page: ScreenLayout(size: size).body.height - 2)
      overlay = isClosing ? .none : .help(page)
    case .palette(let chooser) where key == .enter && chooser.input.text.hasPrefix("note "):
      return takeNote(String(chooser.input.text.dropFirst("note ".count)))
    case .palette(let chooser): return choose(key, chooser, wrap: Overlay.palette) { self.run(CommandID($0)) }
    case .sort(let chooser): return choose(key, chooser, wrap: Overlay.sort) { self.sort(by: $0) }
    case .filter(let prompt): type(key, prompt)
    case .action(let box): return take(key, box)
    case .ask(let prompt): return take(key, prompt)
    case .form(let form): return take(key, form)
    case .run(let box): return take(key, box)
    case .resume(let box): return take(key, box)
    case .runbooks(let chooser, let hint):
      let wrap = { (chooser: Chooser) -> Overlay in .runbooks(chooser, hint) }
      return choose(key, chooser, wrap: wrap) { name in
        store.view.runbooks.catalogue.first { $0.name.text == name }.map { form($0, hint) } ?? []
      }
    case .reply(let box): return take(key, box)
    case .files(let chooser, let source):
      let wrap = { (chooser: Chooser) -> Overlay in .files(chooser, source: source) }
      return choose(key, chooser, wrap: wrap) { act(ActionDraft(.restore, source: source, .source, arguments: ["file": $0])) }
    }
    return []
  }

  private func take(_ key: Key, _ prompt: AskPrompt) -> [Effect] {
    var prompt = prompt
    switch key {
    case .escape:
      overlay = .none
      say(Notice(.ok, "given up; nothing was done"))
    case .enter:
      return answer(prompt)
    default:
      if prompt.input.take(key) {
        overlay = .ask(prompt)
        message = nil
      }
    }
    return []
  }

  private func answer(_ prompt: AskPrompt) -> [Effect] {
    switch prompt.request.purpose {
    case .argument(let name, let draft):
      guard !prompt.isBlank else {
        say(Notice(.warning, "nothing was typed; Esc gives up"))
        return []
      }
      if name == Operation.silenceKey {
        do { _ = try QuietWish(prompt.input.text) } catch {
          say(Notice(.warning, error.what))
          return []
        }
      }
      return act(draft.with(name, prompt.input.text))
    case .time: return goTo(prompt.input.text)
    case .note: return takeNote(prompt.input.text)
    case .quiet(let alert, let kind): return keepQuiet(alert, kind, prompt.input.text)
    case .find(let request):
      do throws(FilterError) {
        let filter = try Filter.parse(prompt.input.text, fields: DeadLetter.filterFields)
        overlay = .none
        return perform(.listDead(request.filtered(filter, SafeText(escaping: prompt.input.text, limit: 60))))
      } catch {
        overlay = .none
        say(Notice(.warning, "the filter is not understood: \(error.message)"))
        return []
      }
    }
  }

  private func take(_ key: Key, _ box: ActionBox) -> [Effect] {
    var box = box
    let answer = box.take(key, now: clock.now())
    switch answer {
    case .nothing: overlay = .action(box)
    case .close:
      overlay = .none
      return afterAction(box)
    case .cancel:
      overlay = .none
      say(Notice(.ok, "given up; nothing was done"))
      return [.cancelAction(number: box.number)]
    case .go(let answer, let isStaged):
      box.run()
      overlay = .action(box)
      return [.perform(answer, isStaged: isStaged, number: box.number)]
    case .stop:
      overlay = .action(box)
      return [.stopAction]
    case .say(let words):
      overlay = .action(box)
      say(Notice(.warning, words))
    }
    return []
  }

  /// What was acted on is looked at again: counts and lists are not what they were.
  private func afterAction(_ box: ActionBox) -> [Effect] {
    guard case .finished = box.stage else { return [] }
    navigation.top.tableState?.marks = []
    var effects: [Effect] = [.pollNow]
    if box.draft.verb.isForLetters { effects.append(.study(box.draft.source)) }
    if let list = store.view.dead.list, list.request.source == box.draft.source { effects.append(.listDead(list.request)) }
    return effects
  }

  private func choose(_ key: Key, _ chooser: Chooser, wrap: (Chooser) -> Overlay, _ act: (String) -> [Effect]) -> [Effect] {
    var chooser = chooser
    switch key {
    case .escape: overlay = .none
    case .enter:
      guard let item = chooser.current else { return [] }
      if let reason = item.disabled {
        say(Notice(.warning, "not now: \(reason)"))
        return []
      }
      overlay = .none
      return act(item.id)
    default:
      chooser.take(key)
      overlay = wrap(chooser)
    }
    return []
  }

  private func type(_ key: Key, _ prompt: FilterPrompt) {
    var prompt = prompt
    switch key {
    case .escape:
      navigation.top.tableState = prompt.before
      overlay = .none
    case .enter:
      if let error = prompt.error {
        say(Notice(.warning, "the filter is not understood: \(error.message)"))
      } else {
        overlay = .none
      }
    default:
      guard prompt.input.take(key) else { return }
      narrow(&prompt)
    }
  }

  private func narrow(_ prompt: inout FilterPrompt) {
    guard let table = navigation.top.tableState else { return }
    navigation.top.tableState = prompt.applied(to: table)
    _ = navigation.top.reduce(.refocus, context())
    overlay = .filter(prompt)
  }

  /// Pasted text goes where text is typed, and nowhere else.
  private func paste(_ text: String) {
    switch overlay {
    case .filter(var prompt):
      prompt.input.insert(text)
      narrow(&prompt)
    case .palette(var chooser):
      chooser.input.insert(text)
      overlay = .palette(chooser)
    case .ask(var prompt):
      prompt.input.insert(text)
      overlay = .ask(prompt)
    case .files(var chooser, let source):
      chooser.input.insert(text)
      overlay = .files(chooser, source: source)
    case .form(var form):
      form.insert(text)
      overlay = .form(form)
    case .runbooks(var chooser, let hint):
      chooser.input.insert(text)
      overlay = .runbooks(chooser, hint)
    case .reply: say(Notice(.warning, "pasted text is not taken here: the answer is chosen by hand"))
    case .action, .run, .resume: say(Notice(.warning, "pasted text is not taken here: the target is typed by hand"))
    case .none, .help, .sort:
      say(Notice(.warning, "pasted text is not taken as keys: press / or : first"))
    }
  }

  private func sort(by column: String) -> [Effect] {
    guard var table = navigation.top.tableState else { return [] }
    let isAgain = table.sort?.column == column
    table.sort = SortOrder(column, descending: isAgain ? !(table.sort?.isDescending ?? false) : true)
    navigation.top.tableState = table
    return []
  }
}
