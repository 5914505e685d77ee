public import OpsModel

/// Steps of runbooks that are no verbs: statements, commands, requests, programs. They take the same road: mode, intent on disk, permit,
/// outcome on disk. What must be confirmed was confirmed with the plan of the run.
extension Gate {
  /// - Throws: `GateRefusal` in read-only mode, and where the intent can not be written down: then nothing must be done.
  public func permit(for act: StepAct) throws(GateRefusal) -> Permit {
    if case .readOnly(let why) = mode {
      var entry = entry(act, .refused)
      entry.reason = "read-only (\(why))"
      _ = try? audit.write(entry)
      throw .readOnly(why: why)
    }
    do throws(AuditFailure) { try audit.write(entry(act, .intent)) } catch { throw .audit(error.sentence) }
    return permit(operation: act.id)
  }

  /// - Returns: why it could not be written down; it happened all the same.
  @discardableResult
  public func close(_ act: StepAct, _ end: AttemptEnd) -> SafeText? {
    var entry = entry(act, .outcome)
    entry.reason = end.message.isEmpty ? end.word : "\(end.word): \(end.message.prefix(500))"
    do throws(AuditFailure) {
      try audit.write(entry)
      return nil
    } catch { return error.sentence }
  }

  /// A run began, waits, was answered, ended: no effect on a server, and to be known.
  /// - Throws: `GateRefusal.audit`; a run does not begin where nobody can read of it later.
  public func noteRun(
    _ action: SafeText, _ run: SafeText, _ params: [(SafeText, JSONText)], step: SafeText? = nil, reason: SafeText? = nil
  ) throws(GateRefusal) {
    var entry = AuditEntry(action: action, phase: .note, operation: "", target: "\(environment.name)/\(run)")
    entry.run = run
    entry.step = step
    entry.params = params
    entry.reason = reason
    do throws(AuditFailure) { try audit.write(entry) } catch { throw .audit(error.sentence) }
  }

  private func entry(_ act: StepAct, _ phase: AuditEntry.Phase) -> AuditEntry {
    let place = act.place.isEmpty ? audit.actor.host : act.place
    var entry = AuditEntry(action: act.kind, phase: phase, operation: SafeText(escaping: act.id), target: "\(environment.name)/\(place)")
    entry.run = act.origin.run
    entry.step = act.origin.step
    entry.params = [("does", .text(act.words.prefix(4000)))]
    return entry
  }
}
