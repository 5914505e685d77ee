public import Gate
public import OpsModel

/// What the console wants done outside of itself. A value: the runner does it, tests look at it.
public enum Effect: Equatable, Sendable {
  case look(into: ResourceID)
  case pollNow
  case copy(SafeText)
  /// Write the screen as text, and the numbers as JSON, to files.
  case export(screen: String)
  case redraw
  /// Walk over the dead letters of a source and group them; nil means every source that has some.
  case study(SafeText?)
  case stopStudy
  case listDead(DeadListRequest)
  case inspect(SafeText, Target)
  /// Make a plan of it; the answer is an `ActionEvent` of the same number.
  case prepare(ActionDraft, number: Int)
  /// Carry out the plan that was shown.
  case perform(Answer, isStaged: Bool, number: Int)
  case listQuarantine(SafeText)
  case exportDead(DeadListRequest)
  case readAudit
  case explain(PlanRequest)
  case examine(SafeText)
  case detail(ResourceID)
  case hygiene([SafeText])
  /// Somebody looks at what is read less often otherwise.
  case attend
  /// Sources that cost their servers something are not asked while the view is held.
  case rest(Bool)
  /// Alerts began, ended, or were kept quiet.
  case alerts([AlertChange])
  /// Read a moment of the tape; the answer is an event.
  case rewind(TapeJump)
  /// What was remembered in this second.
  case tape(TapeTick)
  /// Something to be on the tape.
  case record(TapeEvent)
  /// What is kept quiet was changed, to be remembered beyond this run and told to others.
  case saveQuiet([QuietEdit])
  /// The terminal's bell.
  case ring
  /// A notification by the terminal (OSC 9).
  case announce(SafeText)
  case runbook(RunbookEffect)
  case stopAction
  case cancelAction(number: Int)
}
