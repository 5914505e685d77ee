public import OpsModel

/// The port that acts. Made only by the gate, only in read-write mode, only at the moment of an operation.
public protocol Actuator: Sendable {
  /// Says what the operation would do. Reads only.
  /// - Throws: `Failure`, `Failure.permission` naming what is missing among them.
  func rehearse(_ operation: Operation) async throws(Failure) -> Rehearsal

  /// Announces the operation to others on the same server, where they can be told.
  /// - Throws: `Failure.declined` where another console works on the same things.
  func begin(_ operation: Operation, _ permit: Permit) async throws(Failure)

  /// Does a part of it. Every target has an outcome in the report.
  /// - Throws: `Failure` where nobody can tell what became of the whole batch.
  func perform(_ batch: Batch, _ permit: Permit) async throws(Failure) -> BatchReport

  func end(_ operation: Operation, _ permit: Permit) async

  /// The stored bytes of these targets, for the quarantine file; nil where one is gone or changed. Reads only.
  func capture(_ targets: [Target]) async throws(Failure) -> [QuarantineRecord?]

  /// What would become of each of these now, in the words of their receipts. Reads only. For those that are not in the quarantine file.
  func verdicts(on targets: [Target], of verb: Verb) async throws(Failure) -> [Receipt]

  /// What became of targets that were retried. Reads only.
  func fate(of targets: [Target]) async throws(Failure) -> Fate

  /// Seconds after which work that is found nowhere has ended rather than begun: a system may tell late who is at what.
  var settles: Double { get }

  func close() async
}

extension Actuator {
  public var settles: Double { 0 }

  public func verdicts(on targets: [Target], of verb: Verb) async throws(Failure) -> [Receipt] {
    targets.map { Receipt(target: $0, outcome: .absent) }
  }
}

/// An actuator of a system whose workers must be asked what is an orphan. Asking is a harmless operation of its own: it needs a permit.
public protocol OrphanAsker: Actuator {
  func askedOrphans(limit: Int, _ permit: Permit) async throws(Failure) -> [DeadLetter]
}

/// A part of an operation.
public struct Batch: Sendable {
  public let operation: Operation
  public let targets: [Target]
  /// For `restore` and `retryEdited`: the records of these targets, in their order.
  public let records: [QuarantineRecord]
}

/// What became of a batch.
public struct BatchReport: Sendable {
  /// One for each target, in their order.
  public let outcomes: [Outcome]
  /// Reasons by place, where the outcome alone does not tell.
  public let reasons: [Int: SafeText]
  /// Seconds that the server was held, as far as it can be told from here.
  public let held: Double
  /// What workers answered, for `ping` and `inspect`.
  public let answers: [(from: SafeText, text: SafeText)]
  /// What came back as a whole, for `analyze`: the plan as the server printed it.
  public let document: [UInt8]?
  /// Why the batch was not carried through: the run ends after it.
  public let failure: Failure?

  public init(
    outcomes: [Outcome], reasons: [Int: SafeText] = [:], held: Double, answers: [(from: SafeText, text: SafeText)] = [],
    document: [UInt8]? = nil, failure: Failure? = nil
  ) {
    self.document = document
    self.failure = failure
    self.outcomes = outcomes
    self.reasons = reasons
    self.held = held
    self.answers = answers
  }
}

/// Where retried targets are now.
public struct Fate: Equatable, Sendable {
  public var waiting = 0
  public var running = 0
  public var done = 0
  public var deadAgain = 0
  public var unknown = 0

  public init() {}

  public var total: Int { waiting + running + done + deadAgain + unknown }
}
