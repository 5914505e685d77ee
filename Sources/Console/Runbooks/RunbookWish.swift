public import OpsModel

/// What a panel wants of runbooks.
public enum RunbookWish: Equatable, Sendable {
  /// Reads the catalogue and the runs anew.
  case list
  /// Asks for the parameters of one, and makes a plan of it.
  case start(ResourceID)
  /// The same for one that answers an alert or a suspect.
  case answer(RunbookHint)
  /// Watches a run.
  case follow(ResourceID)
  case pause(ResourceID)
  case cancel(ResourceID)
  /// Ctrl-C: pauses it, and cancels the step where it comes a second time at once.
  case interrupt(ResourceID)
  /// Answers the question that the watched run asks.
  case reply
  /// Takes up a run that rests, or gives it up.
  case resume(ResourceID)
  /// Plans a new run of what one that is over has left.
  case rest(ResourceID, name: SafeText)
}

/// What the console wants done about runbooks outside of itself.
public enum RunbookEffect: Equatable, Sendable {
  case list
  case plan(name: SafeText, values: [String: [String]], alert: SafeText?, number: Int)
  case rest(run: SafeText, number: Int)
  case begin(RunAnswer, number: Int)
  case drop(number: Int)
  case follow(run: SafeText)
  case hand(run: SafeText, word: SafeText)
  case reply(run: SafeText, step: SafeText, choice: SafeText)
  case resume(run: SafeText, decisions: [RunDecision], reason: String, isAbort: Bool)
}

/// What an operator has decided about a step in doubt.
public struct RunDecision: Equatable, Sendable {
  public let step: SafeText
  /// `rerun`, `done`, `skip`, `failed`.
  public let word: SafeText

  public init(step: SafeText, word: SafeText) {
    self.step = step
    self.word = word
  }
}

/// What is heard of runbooks.
public enum RunbookNews: Sendable {
  case listed([RunbookRow], [RunRow])
  case planned(RunPlanView, number: Int)
  case refused([SafeText], number: Int)
  case begun(run: SafeText, number: Int)
  case page(RunPage)
}
