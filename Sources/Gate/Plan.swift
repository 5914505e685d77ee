public import OpsModel

/// An operation that was rehearsed and waits for its confirmation. Made only by the gate.
public struct Plan: Sendable {
  public private(set) var operation: Operation
  public let rehearsal: Rehearsal
  public let confirmation: RequiredConfirmation
  /// `production/orders`: typed, it confirms any operation on this source.
  public let name: SafeText
  public let environment: Environment
  /// SHA-256 over verb, source and every target, in hexadecimal.
  public let hash: SafeText
  /// When it was rehearsed.
  public let at: Moment

  init(_ operation: Operation, _ rehearsal: Rehearsal, _ environment: Environment, at moment: Moment) {
    self.operation = operation
    self.rehearsal = rehearsal
    self.environment = environment
    name = "\(environment.name)/\(operation.source)"
    confirmation = Policy.confirmation(environment, operation.verb, count: operation.count, source: operation.source)
    hash = Self.hash(of: operation)
    at = moment
  }

  private static func hash(of operation: Operation) -> SafeText {
    var hash = SHA256()
    hash.update(data: Array("\(operation.verb.rawValue)\0\(operation.source.text)\0".utf8))
    for (key, value) in operation.arguments.sorted(by: { $0.key < $1.key }) { hash.update(data: Array("\(key)=\(value)\0".utf8)) }
    operation.targets.digest { hash.update(data: $0) }
    for record in operation.records { hash.update(data: Array(record.digest.utf8)) }
    return SafeText(escaping: hash.finalize().map { AuditRecord.hex($0) }.joined())
  }

  /// Who or what is meant.
  public var target: SafeText { rehearsal.target.isEmpty ? "\(Units.count(operation.count)) of \(operation.source)" : rehearsal.target }

  /// The same for the title of a dialog.
  public var title: SafeText { rehearsal.title.isEmpty ? "\(Units.count(operation.count)) of \(operation.source)" : rehearsal.title }

  /// The same plan with a first few before the rest, or without.
  public func staged(_ staging: Staging?) -> Plan {
    var plan = self
    plan.operation.staging = staging
    return plan
  }

  /// What became different since the plan was shown; nil where nothing did.
  func difference(from now: Rehearsal) -> SafeText? {
    if now.serverID != rehearsal.serverID { return "the server is another one, or was started anew" }
    if now.standing != rehearsal.standing { return "the target is at something else now: \(now.target)" }
    if now.affected != rehearsal.affected {
      return "\(Units.count(now.affected)) of the examined targets would be moved now, it was \(Units.count(rehearsal.affected))"
    }
    return nil
  }

  /// The plan as scripts see it.
  public var json: JSONText {
    .object([
      ("operation", .text(SafeText(escaping: operation.id))), ("verb", .text(SafeText(escaping: operation.verb.rawValue))),
      ("source", .text(operation.source)), ("environment", .text(environment.name)), ("targets", .int(operation.count)),
      ("target", .text(target)),
      ("affected", .int(rehearsal.affected)), ("examined", .int(rehearsal.examined)),
      ("refused", .array(rehearsal.refused.map { .object([("reason", .text($0.reason)), ("count", .int($0.count))]) })),
      ("moves", .text(rehearsal.moves)), ("keeps", .array(rehearsal.keeps.map { .text($0) })),
      ("loses", .array(rehearsal.loses.map { .text($0) })), ("warnings", .array(rehearsal.warnings.map { .text($0) })),
      ("guarantee", .text(rehearsal.guarantee.word)), ("undo", .text(rehearsal.undo)), ("place", .text(rehearsal.place)),
      ("account", .text(rehearsal.account)), ("commands", .array(rehearsal.commands.map { .text($0) })),
      ("confirm", .text(name)), ("plan_hash", .text(hash)),
    ])
  }
}
