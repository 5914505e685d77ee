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
  case reply(Chooser, run: SafeText, step: SafeText)
  /// Quarantine files of a source.
  case files(Chooser, source: SafeText)

  var isOpen: Bool {
    if case .none = self { return false }
    return true
  }
}
