public import OpsModel

/// One intended change: a verb, frozen targets, arguments. Nothing has happened yet.
public struct Operation: Sendable {
  /// Names the operation in the audit log and in quarantine files.
  public let id: String
  public let verb: Verb
  /// The source as configured.
  public let source: SafeText
  public let targets: TargetList
  /// What the verb needs besides: a worker's name, a signal, a number. No secrets.
  public let arguments: [String: String]
  /// New payloads by target key, for `retryEdited`; whole records for `restore`.
  public let records: [QuarantineRecord]
  public var pace: Pace
  /// The step of a run that asked for it.
  public var origin: StepOrigin?
  /// A first few, then a look, then the rest.
  public var staging: Staging?

  public init(
    id: String = Operation.newID(), _ verb: Verb, source: SafeText, targets: TargetList = TargetList(),
    arguments: [String: String] = [:], records: [QuarantineRecord] = [], pace: Pace = .polite, staging: Staging? = nil
  ) {
    self.id = id
    self.verb = verb
    self.source = source
    self.targets = targets
    self.arguments = arguments
    self.records = records
    self.pace = pace
    self.staging = staging
  }

  /// Things it is meant for; a verb for a worker or a whole source counts as one.
  public var count: Int { verb == .restore ? records.count : (verb.isForItems ? targets.count : max(1, targets.count)) }

  /// The argument of `silence`: how long, and why.
  public static let silenceKey = "for"

  /// The argument of `inspectNode` that asks for samples of a second as well.
  public static let profileKey = "profile"

  /// 16 hexadecimal digits of the system's generator.
  public static func newID() -> String {
    let number = UInt64.random(in: 0...UInt64.max)
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
