public import OpsModel

/// A line that is typed before something is done.
public struct AskRequest: Equatable, Sendable {
  public enum Purpose: Equatable, Sendable {
    /// The answer becomes this argument of the draft: the id of a task, new arguments. Then the plan is made.
    case argument(String, ActionDraft)
    /// The answer is a filter: what matches in the whole set is listed.
    case find(DeadListRequest)
    /// The answer is a time to go back to, or a sentence for the tape.
    case time, note
    /// The answer is how long, and why.
    case quiet(AlertState, AlertQuiet.Kind)
  }

  public let question: SafeText
  /// What stands in the line at first.
  public let prefill: String
  public let purpose: Purpose

  public init(_ question: SafeText, prefill: String = "", _ purpose: Purpose) {
    self.question = question
    self.prefill = prefill
    self.purpose = purpose
  }
}
