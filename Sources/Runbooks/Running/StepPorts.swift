public import Gate
public import OpsModel

/// What a step is done with, besides its action.
public struct StepContext: Sendable {
  public let run: RunID
  /// `roll/web-1/restart`
  public let step: String
  /// The key of the format: `sql`, `ssh` and so on.
  public let kind: String
  public let host: String?
  /// From 1.
  public let attempt: Int
  /// Seconds of this attempt, and between the signals that end a program.
  public let timeout: Double
  public let killAfter: Double
  /// The same for all attempts of one step: a server that knows it does it once.
  public let idempotencyKey: String
  /// It must change nothing: sessions are opened read-only where there is such a thing.
  public let isRead: Bool
  /// A look whose answer an expression judges: an exit code or an HTTP status is a value then, and no failure.
  public let isProbe: Bool
  /// It is always done: an operator's cancel does not end it.
  public let isFinal: Bool
  /// What earlier lives of this run have moved in this step.
  public let movedBefore: [String]
  /// What it does, for the audit log: what must not be shown was left out before anything was cut.
  public let words: SafeText
  /// The parameters of the runbook, for the environment of programs.
  public let parameters: [String: RunValue]
  /// Takes what a program prints, as it comes; masked already.
  public let output: @Sendable ([UInt8]) -> Void

  public init(
    run: RunID, step: String, kind: String = "", host: String? = nil, attempt: Int = 1, timeout: Double, killAfter: Double = 2,
    idempotencyKey: String,
    isRead: Bool, isProbe: Bool = false, isFinal: Bool = false, movedBefore: [String] = [], words: SafeText = "",
    parameters: [String: RunValue],
    output: @escaping @Sendable ([UInt8]) -> Void = { _ in }
  ) {
    self.run = run
    self.step = step
    self.kind = kind
    self.host = host
    self.attempt = attempt
    self.timeout = timeout
    self.killAfter = killAfter
    self.idempotencyKey = idempotencyKey
    self.isRead = isRead
    self.isProbe = isProbe
    self.isFinal = isFinal
    self.movedBefore = movedBefore
    self.words = words
    self.parameters = parameters
    self.output = output
  }
}

/// Where steps reach servers, programs and queues. Each call ends by itself within its time.
public protocol StepPorts: Sendable {
  func perform(_ action: ResolvedAction, _ context: StepContext) async -> AttemptEnd
  /// Items of a bulk action are moved in batches: `batch` is called before each, with its items, and after it, with what became of them.
  func move(
    _ action: ResolvedQueue, _ context: StepContext, frozen: [String]?, batch: @escaping @Sendable (BatchNote) async -> Bool
  ) async -> AttemptEnd
  /// Whether the server has this change written down as done; nil where nobody can tell.
  func knows(_ action: ResolvedAction, _ context: StepContext) async -> Bool?
  /// Who has agreed so far, as far as the system attests it.
  func approvals(_ step: String, _ wanted: StepAction.Approval) async -> [Approver]
  /// A step does not wait for approvals any more, however that came about.
  func askedEnough(_ step: String) async
  /// Why nothing must be changed any more: the lock of the run is somebody else's. Nil while it is ours.
  func lostLock() async -> SafeText?
  /// Ends what is under way but for what is always done: programs, statements, a bulk action between two batches.
  func cancel() async
}

extension StepPorts {
  public func askedEnough(_ step: String) async {}
}

/// Somebody who agreed to a step, by an identity that the system vouches for.
public struct Approver: Hashable, Sendable {
  public let name: SafeText
  public let uid: Int

  public init(name: SafeText, uid: Int) {
    self.name = name
    self.uid = uid
  }
}

/// Around a batch of a bulk action. The answer false ends it.
public enum BatchNote: Sendable {
  case intends(items: [RunValue])
  case did([String: RunValue])
}
