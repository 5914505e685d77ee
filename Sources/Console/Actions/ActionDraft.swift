public import Gate
public import OpsModel

/// What an operator wants done, before anything was looked at: the gate makes a plan of it.
public struct ActionDraft: Equatable, Sendable {
  public enum Meant: Equatable, Sendable {
    /// These, as they were seen.
    case targets(TargetList)
    /// Whatever matches when the plan is made.
    case selection(DeadSelection)
    /// The source as a whole.
    case source
  }

  public let verb: Verb
  public let source: SafeText
  public let meant: Meant
  public let arguments: [String: String]

  public init(_ verb: Verb, source: SafeText, _ meant: Meant, arguments: [String: String] = [:]) {
    self.verb = verb
    self.source = source
    self.meant = meant
    self.arguments = arguments
  }

  /// The same with one more argument.
  public func with(_ argument: String, _ value: String) -> ActionDraft {
    ActionDraft(verb, source: source, meant, arguments: arguments.merging([argument: value]) { $1 })
  }
}

/// What happened to an action.
public enum ActionEvent: Sendable {
  case freezing(DeadProgress)
  case prepared(Plan)
  case refused(SafeText)
  case progress(OperationProgress)
  case finished(OperationResult)
}
