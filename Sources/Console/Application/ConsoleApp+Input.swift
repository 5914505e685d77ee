import Canvas
import OpsModel

extension ConsoleApp {
  func take(_ input: InputEvent) -> [Effect] {
    switch input {
    case .key(let key):
      message = nil
      return take(key)
    case .paste(let text):
      paste(text)
    case .resize: break
    case .resumed: return [.redraw, .pollNow]
    case .end(let code): exitCode = code
    }
    return []
  }

  private func take(_ key: Key) -> [Effect] {
    defer { hold.overlay(isOpen: overlay != .none, store.view, at: clock.now()) }
    switch overlay {
    case .none: return run(key)
    case .help(var page):
      let isClosing = key == .escape || key == Key("q") || key == Key("?")
      page.take(key, page: ScreenLayout(size: size).body.height - 2)
      overlay = isClosing ? .none : .help(page)
    case .palette(let chooser): return choose(key, chooser, wrap: Overlay.palette) { self.run(CommandID($0)) }
    case .sort(let chooser): return choose(key, chooser, wrap: Overlay.sort) { self.sort(by: $0) }
    case .filter(let prompt): type(key, prompt)
    }
    return []
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
