public import Canvas
public import OpsModel

/// Everything that can happen to the running console.
public enum ConsoleEvent: Sendable {
  case input(InputEvent)
  case asked(SafeText, Moment)
  case observed(Observation)
  /// Dead letters that came lately.
  case failures(SafeText, [DeadLetter])
  case failed(SafeText, Failure, at: Moment, retryAt: Moment?)
  /// A source came to be known: at start, or by discovery.
  case source(SourceView)
  case discovery([Notice], isRunning: Bool)
  case waiting(ResourceID, Result<WaitingTasks, Failure>)
  case study(DeadStudy)
  case deadList(DeadList)
  case deadDetail(ResourceID, Result<DeadLetterDetail, Failure>)
  /// Of the action of this number.
  case action(ActionEvent, number: Int)
  case quarantine(SafeText, [QuarantineSummary])
  case audit(AuditView)
  case plan(PlanRequest, Result<PlanDocument, Failure>)
  case findings(SafeText, Result<TableFindings, Failure>)
  case hygiene(SafeText, Result<HygieneReport, Failure>)
  case detail(ResourceID, Result<ProcessDetail, Failure>)
  case rewound(TapeAnswer)
  /// Who records changed.
  case recording(RecordingState)
  /// Something happened that the tape has as well: an operation.
  case pin(TapeEvent)
  /// What all consoles of this user keep quiet was changed.
  case quiet([ResourceID: AlertQuiet])
  case runbooks(RunbookNews)
  case theme(Theme)
  /// Why nothing could be written down from now on; nil where it can again.
  case unrecorded(SafeText?)
  case message(Notice)
}
