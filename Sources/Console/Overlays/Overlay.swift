import OpsModel

/// What lies over the panel and takes the keys.
enum Overlay {
  case none
  case help(HelpPage)
  case palette(Chooser)
  case sort(Chooser)
  case filter(FilterPrompt)
  case action(ActionBox)
  case ask(AskPrompt)
  /// What a run is given, its plan, and a run that is taken up.
  case form(RunForm)
  case run(RunBox)
  case resume(ResumeBox)
  /// Runbooks that answer what is wrong.
  case runbooks(Chooser, RunbookHint)
  /// Choices of a step that asks.
  case reply(ReplyBox)
  /// Quarantine files of a source.
  case files(Chooser, source: SafeText)

  /// Whether something on a server, or of a run, may follow from the next key.
  var asksForAnswer: Bool {
    switch self {
    case .action, .run, .resume, .reply: true
    default: false
    }
  }

  /// The screen has another size: an answer waits until what is meant was seen at that size.
  mutating func resized() {
    switch self {
    case .action(var box):
      box.seen.forget()
      self = .action(box)
    case .run(var box):
      box.seen.forget()
      self = .run(box)
    case .resume(var box):
      box.seen.forget()
      self = .resume(box)
    case .reply(var box):
      box.resized()
      self = .reply(box)
    default: break
    }
  }

  /// All that was drawn has arrived on the screen.
  mutating func arrived(_ now: Moment) {
    switch self {
    case .action(var box):
      box.arrived(now)
      self = .action(box)
    case .run(var box):
      box.arrived(now)
      self = .run(box)
    case .resume(var box):
      box.seen.arrived()
      self = .resume(box)
    case .reply(var box):
      box.arrived()
      self = .reply(box)
    default: break
    }
  }

  var isOpen: Bool {
    if case .none = self { return false }
    return true
  }
}
