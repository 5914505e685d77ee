/// What lies over the panel and takes the keys.
enum Overlay: Equatable {
  case none
  case help(HelpPage)
  case palette(Chooser)
  case sort(Chooser)
  case filter(FilterPrompt)
}
