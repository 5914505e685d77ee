public import OpsModel

/// A word that an action needs besides its targets: the id of a task, new arguments. It is typed, and then the plan is made.
public struct AskRequest: Equatable, Sendable {
  public let question: SafeText
  /// What stands in the line at first.
  public let prefill: String
  /// The argument of the draft that the answer becomes.
  public let argument: String
  public let draft: ActionDraft

  public init(_ question: SafeText, prefill: String = "", argument: String, draft: ActionDraft) {
    self.question = question
    self.prefill = prefill
    self.argument = argument
    self.draft = draft
  }
}
