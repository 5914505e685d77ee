public import OpsModel

extension Gate {
  func entry(_ operation: Operation, _ phase: AuditEntry.Phase, hash: SafeText?) -> AuditEntry {
    var entry = AuditEntry(
      action: SafeText(escaping: operation.verb.rawValue), phase: phase, operation: SafeText(escaping: operation.id),
      target: "\(environment.name)/\(operation.source)")
    entry.planHash = hash
    entry.run = operation.origin?.run
    entry.step = operation.origin?.step
    entry.params = operation.arguments.sorted { $0.key < $1.key }.map {
      (SafeText(escaping: $0.key), .text(SafeText(escaping: $0.value, limit: 400)))
    }
    let scopes = operation.targets.scopes.prefix(50).map { JSONText.text(SafeText(bytes: $0, limit: 200)) }
    entry.params.append(("sets", .array(Array(scopes))))
    // The first few by name; the plan's hash stands for all of them.
    let few = (0..<min(20, operation.targets.count)).map { JSONText.text(operation.targets[$0].shown(limit: 100)) }
    entry.params.append(("targets", .int(operation.count)))
    entry.params.append(("first_targets", .array(few)))
    return entry
  }

  func intent(_ plan: Plan) -> AuditEntry {
    var entry = entry(plan.operation, .intent, hash: plan.hash)
    entry.before = .object([
      ("affected", .int(plan.rehearsal.affected)), ("target", .text(plan.target.prefix(600))),
      ("moves", .text(plan.rehearsal.moves.prefix(400))),
      ("server", .text(plan.rehearsal.serverID)), ("place", .text(plan.rehearsal.place)), ("account", .text(plan.rehearsal.account)),
    ])
    return entry
  }

  /// Writes the refusal down and hands it on. Where even that can not be written, the refusal still stands.
  func refuse(_ operation: Operation, _ refusal: GateRefusal, hash: SafeText? = nil) -> GateRefusal {
    var entry = entry(operation, .refused, hash: hash)
    entry.reason = refusal.sentence.prefix(600)
    do throws(AuditFailure) { try audit.write(entry) } catch { return refusal }
    return refusal
  }

  /// Writes down what touches no server and is to be known all the same, such as an export. Looking goes on where it can not be written.
  public func note(_ action: SafeText, _ source: SafeText, _ params: [(SafeText, JSONText)]) {
    var entry = AuditEntry(action: action, phase: .note, operation: "", target: "\(environment.name)/\(source)")
    entry.params = params
    _ = try? audit.write(entry)
  }

  /// The console ends: that is written down, and the head of the chain goes to the system's log.
  public func noteEnd() {
    note("exit", "console", [])
    audit.anchor()
  }

  /// Writes the outcome down. It happened whether or not it can be written: then the result says so.
  func close(_ plan: Plan, _ result: inout OperationResult) {
    var entry = entry(plan.operation, .outcome, hash: plan.hash)
    entry.reason = result.endWords.prefix(600)
    let counts = result.counts
    let skipped = counts.total - counts[.moved] - counts[.failed] - counts[.unknown]
    let numbers: [(StaticString, JSONText)] = [
      ("requested", .int(result.total)), ("done", .int(counts[.moved])), ("failed", .int(counts[.failed])),
      ("skipped", .int(skipped)), ("unknown", .int(counts[.unknown])), ("receipts", counts.json),
    ]
    entry.counts = .object(numbers)
    let told = result.answers.prefix(20).map { JSONText.text("\($0.from): \($0.text)") }
    let problems = result.problems.prefix(20).map { JSONText.text("\($0.target.shown(limit: 100)): \($0.reason)") }
    entry.after = .object([
      ("seconds", .number(result.seconds)), ("quarantine", .optional(result.quarantine)), ("answers", .array(Array(told))),
      ("problems", .array(Array(problems))),
    ])
    do throws(AuditFailure) { try audit.write(entry) } catch { result.auditFailure = error.sentence }
  }
}
