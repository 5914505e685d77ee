public import OpsModel

/// The only road to a change. Policy, rehearsal, confirmation, a second look at the targets, the intent on disk, a permit, batches,
/// receipts, the outcome on disk. In read-only mode it ends at its first step: no actuator is made and no permit.
public actor Gate {
  /// Makes the actuator of a source, with the credentials for changes.
  public typealias ActuatorMaker = @Sendable () async throws(Failure) -> any Actuator

  public nonisolated let mode: Mode
  public nonisolated let environment: Environment
  let audit: AuditLog
  let quarantineFolder: String
  let clock: any OpsClock
  let makeFolder: @Sendable (String) -> Bool
  private var makers: [SafeText: (kind: SafeText, make: ActuatorMaker)] = [:]
  /// How many permits were made. A test proves that it stays 0 in read-only mode.
  public private(set) var permits = 0

  public init(
    mode: Mode, environment: Environment, audit: AuditLog, quarantineFolder: String, clock: any OpsClock,
    makeFolder: @escaping @Sendable (String) -> Bool
  ) {
    self.mode = mode
    self.environment = environment
    self.audit = audit
    self.quarantineFolder = quarantineFolder
    self.clock = clock
    self.makeFolder = makeFolder
  }

  /// Tells how to act on a source. Nothing is made before an operation needs it; in read-only mode it is not even kept.
  public func offer(_ source: SafeText, kind: SafeText, _ make: @escaping ActuatorMaker) {
    guard case .readWrite = mode else { return }
    makers[source] = (kind, make)
  }

  // MARK: Before

  /// Policy and rehearsal. Nothing is changed; what is refused is written down.
  /// - Throws: `GateRefusal`.
  public func prepare(_ operation: Operation) async throws(GateRefusal) -> Plan {
    if case .readOnly(let why) = mode { throw refuse(operation, .readOnly(why: why)) }
    guard operation.count > 0 else { throw refuse(operation, .empty) }
    guard let maker = makers[operation.source] else { throw refuse(operation, .noActuator(source: operation.source)) }
    // Told before anybody confirms.
    if operation.verb.needsQuarantine, let problem = QuarantineStep.problem(quarantineFolder) {
      throw refuse(operation, .quarantine(problem.sentence))
    }
    do throws(Failure) {
      let actuator = try await maker.make()
      let rehearsal: Rehearsal
      do throws(Failure) { rehearsal = try await actuator.rehearse(operation) } catch {
        await actuator.close()
        throw error
      }
      await actuator.close()
      return Plan(operation, rehearsal, environment, at: clock.now())
    } catch {
      throw refuse(operation, .failed(error))
    }
  }

  /// The operator did not go on.
  public func cancel(_ plan: Plan) {
    _ = try? audit.write(entry(plan.operation, .cancelled, hash: plan.hash))
  }

  // MARK: The change

  /// Goes on with a plan.
  /// - Throws: `GateRefusal` where nothing was done.
  public func perform(
    _ plan: Plan, _ answer: Answer, batch: Int? = nil, control: OperationControl = OperationControl(),
    witness: (any BatchWitness)? = nil,
    progress: @escaping @Sendable (OperationProgress) -> Void = { _ in }
  ) async throws(GateRefusal) -> OperationResult {
    let operation = plan.operation
    if case .readOnly(let why) = mode { throw refuse(operation, .readOnly(why: why)) }
    guard Policy.accepts(answer, for: plan.confirmation, name: plan.name) else {
      throw refuse(operation, .notConfirmed(expected: plan.name), hash: plan.hash)
    }
    guard let maker = makers[operation.source] else { throw refuse(operation, .noActuator(source: operation.source)) }
    let actuator: any Actuator
    do throws(Failure) { actuator = try await maker.make() } catch { throw refuse(operation, .failed(error), hash: plan.hash) }
    let again: Rehearsal
    do throws(Failure) { again = try await actuator.rehearse(operation) } catch {
      await actuator.close()
      throw refuse(operation, .failed(error), hash: plan.hash)
    }
    if let difference = plan.difference(from: again) {
      await actuator.close()
      throw refuse(operation, .changed(difference), hash: plan.hash)
    }
    let permit = try await permit(plan, actuator)
    let run = OperationRun(
      plan: plan, actuator: actuator, permit: permit, clock: clock,
      sizer: BatchSizer(pace: operation.pace, fixed: batch ?? operation.verb.batchLimit),
      control: control, witness: witness, progress: progress)
    var result: OperationResult
    do throws(GateRefusal) {
      result = try await carryOut(run, kind: maker.kind)
    } catch {
      await actuator.close()
      throw refuse(operation, error, hash: plan.hash)
    }
    await actuator.close()
    close(plan, &result)
    return result
  }

  /// Writes the intent down and makes the permit: in this order, and nowhere else.
  private func permit(_ plan: Plan, _ actuator: any Actuator) async throws(GateRefusal) -> Permit {
    do throws(AuditFailure) {
      try audit.write(intent(plan))
    } catch {
      await actuator.close()
      throw .audit(error.sentence)
    }
    return permit(for: plan.operation)
  }

  /// The only place where permits are made. The intent is on disk.
  func permit(for operation: Operation) -> Permit { permit(operation: operation.id) }

  func permit(operation id: String) -> Permit {
    permits += 1
    return Permit(operation: id, actor: audit.actor.name.text)
  }

  /// What became of targets that were retried. Reads only.
  public func fate(of targets: [Target], in source: SafeText) async throws(Failure) -> Fate {
    guard let maker = makers[source] else { throw .declined(.viewOnly(source)) }
    let actuator = try await maker.make()
    defer { Task { await actuator.close() } }
    return try await actuator.fate(of: targets)
  }

  /// The actuator of a source, where it has to ask for orphans.
  func asker(_ operation: Operation) async throws(GateRefusal) -> (any OrphanAsker)? {
    if case .readOnly(let why) = mode { throw refuse(operation, .readOnly(why: why)) }
    guard let maker = makers[operation.source] else { return nil }
    do throws(Failure) { return try await maker.make() as? any OrphanAsker } catch { throw refuse(operation, .failed(error)) }
  }

  private func carryOut(_ run: OperationRun, kind: SafeText) async throws(GateRefusal) -> OperationResult {
    var file: SafeText?
    var run = run
    if run.plan.operation.verb.needsQuarantine {
      do throws(QuarantineFailure) {
        let quarantine = QuarantineStep(
          folder: quarantineFolder, kind: kind, owner: DataOwner(environment, label: audit.label), clock: clock, makeFolder: makeFolder)
        let taken = try await quarantine.write(run)
        file = SafeText(escaping: taken.path)
        run.keep(only: taken.captured, left: taken.left)
      } catch {
        throw .quarantine(error.sentence)
      }
    }
    do throws(Failure) {
      try await run.actuator.begin(run.plan.operation, run.permit)
    } catch {
      throw .failed(error)
    }
    var result = await run.go()
    await run.actuator.end(run.plan.operation, run.permit)
    result.quarantine = file
    return result
  }
}
