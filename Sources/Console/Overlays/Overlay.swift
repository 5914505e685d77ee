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
  /// Quarantine files of a source.
  case files(Chooser, source: SafeText)

  var isOpen: Bool {
    if case .none = self { return false }
    return true
  }
}
