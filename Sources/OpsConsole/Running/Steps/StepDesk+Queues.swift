import Gate
import OpsModel
import Runbooks

/// Tasks of a queue, through the gate: every item is compared before it is moved.
extension StepDesk {
  func move(
    _ action: ResolvedQueue, _ context: StepContext, frozen: [String]?, batch: @escaping @Sendable (BatchNote) async -> Bool
  ) async -> AttemptEnd {
    enter(context)
    defer { leave(context) }
    let control = operation(context)
    let began = clock.now()
    while true {
      let end = await once(action, context, frozen, control, batch)
      // Whoever was at the same set may be gone without having given its lease back: that ends by itself.
      guard case .failure(.failed(let failure)) = end, failure.passes, clock.now().age(since: began) < Self.leaseLife, !control.isStopped
      else {
        switch end {
        case .success(let end): return end
        case .failure(let refusal): return Self.end(of: refusal)
        }
      }
      context.output(Array("waiting: \(failure.what.text)\n".utf8))
      try? await Task.sleep(for: .seconds(1))
    }
  }

  /// Seconds after which a lease of a process that is gone has ended, and a little.
  private static let leaseLife = 17.0

  private func once(
    _ action: ResolvedQueue, _ context: StepContext, _ frozen: [String]?, _ control: OperationControl,
    _ batch: @escaping @Sendable (BatchNote) async -> Bool
  ) async -> Result<AttemptEnd, GateRefusal> {
    do throws(GateRefusal) {
      let items = try await items(action, context, frozen)
      let operation = try bulk(action, context, items)
      if action.name.verb?.isForItems ?? true, items.isEmpty { return .success(.noChange(Self.outputs([:], total: 0, ids: []))) }
      let plan = try await gate.prepare(operation)
      let halt = action.halt.map { QueueHalt($0, queue: action, places: places, gate: gate, source: operation.source, clock: clock) }
      let witness = QueueWitness(before: context.movedBefore, batch: batch, halt: halt, output: context.output)
      let result = try await gate.perform(plan, .typed(plan.name.text), batch: action.size, control: control, witness: witness)
      return .success(Self.end(of: result, halted: await witness.halted, moved: await witness.moved))
    } catch {
      return .failure(error)
    }
  }

  private func bulk(_ action: ResolvedQueue, _ context: StepContext, _ items: [String]) throws(GateRefusal) -> Operation {
    guard let verb = action.name.verb else { throw .failed(.settings("this only looks")) }
    let source: ConfiguredSource
    do throws(Failure) { source = try places.source(action.connection) } catch { throw .failed(error) }
    var out = Operation(
      verb, source: source.name, targets: TargetList(items.compactMap { FrozenTargets.target($0) }), arguments: arguments(action),
      pace: pace(action))
    out.origin = origin(context)
    return out
  }

  /// What the verb needs besides its items.
  func arguments(_ action: ResolvedQueue) -> [String: String] { action.arguments }

  private func pace(_ action: ResolvedQueue) -> Pace {
    // A pause between batches is a rate as well.
    if let size = action.size, action.pause > 0 {
      let rate = Double(size) / action.pause
      return .perSecond(min(rate, action.perSecond ?? rate))
    }
    return action.perSecond.map { .perSecond($0) } ?? .polite
  }

  /// What the plan froze; otherwise what is chosen now, written down before the first is touched, so that a second life chooses no others.
  private func items(_ action: ResolvedQueue, _ context: StepContext, _ frozen: [String]?) async throws(GateRefusal) -> [String] {
    if let frozen { return frozen }
    let path = "\(folder)/frozen-\(RunbookLibrary.hash(of: Array(context.step.utf8)).prefix(16)).txt"
    if let text = FilePaths.read(path, limit: 64 << 20) { return text.split(separator: "\n").map(String.init) }
    do throws(Failure) {
      let found = try await FrozenTargets.select(action, places, gate, now: clock.now().unix).items
      guard found.isEmpty || FilePaths.write(found.joined(separator: "\n") + "\n", whole: path) else {
        throw .settings("what is chosen can not be written down: \(SafeText(escaping: path))")
      }
      return found
    } catch { throw .failed(error) }
  }

  // MARK: Ends

  private static func outputs(_ counts: [Outcome: Int], total: Int, ids: [String]) -> [String: RunValue] {
    var out: [String: RunValue] = ["total": .int(total), "ids": .list(ids.prefix(1000).map { .text($0) })]
    for outcome in Outcome.allCases { out[outcome.key.text] = .int(counts[outcome] ?? 0) }
    return out
  }

  private static func end(of result: OperationResult, halted: SafeText?, moved: [String]) -> AttemptEnd {
    var counts: [Outcome: Int] = [:]
    for outcome in Outcome.allCases { counts[outcome] = result.counts[outcome] }
    // What an earlier life moved is absent now, and moved all the same.
    let before = moved.count - min(moved.count, result.counts[.moved])
    if moved.count < 1000, before > 0 {
      counts[.moved, default: 0] += before
      counts[.absent, default: 0] -= min(before, counts[.absent] ?? 0)
    }
    let outputs = outputs(counts, total: result.total, ids: moved)
    let words: SafeText = "\(result.endWords); \(summary(counts))"
    if let halted { return .refused("stopped by itself: \(halted); \(summary(counts)), \(Units.count(result.untouched)) not touched", nil) }
    if let failure = result.auditFailure { return .lost("\(words); its outcome could not be written down: \(failure)") }
    switch result.end {
    case .whole where result.counts[.unknown] > 0: return .lost(words)
    case .whole where result.counts[.failed] > 0: return .refused(words, nil)
    case .whole: return result.counts[.moved] == 0 ? .noChange(outputs) : .done(outputs)
    case .stopped: return .cancelled(words)
    case .broken: return .lost(words)
    case .failedAgain, .undecided: return .refused(words, nil)
    }
  }

  private static func end(of refusal: GateRefusal) -> AttemptEnd {
    // Before the first batch: nothing was changed.
    if case .empty = refusal { return .noChange(outputs([:], total: 0, ids: [])) }
    return .notSent(refusal.sentence)
  }

  static func summary(_ counts: [Outcome: Int]) -> SafeText {
    SafeText.join(
      Outcome.allCases.compactMap { outcome in (counts[outcome] ?? 0) > 0 ? "\(Units.count(counts[outcome] ?? 0)) \(outcome.key)" : nil },
      ", ")
  }
}

extension QueueAction.Name {
  /// The verb of the gate; nil for a look.
  var verb: Verb? {
    switch self {
    case .stopJob: .stopJob
    case .endSilence: .expire
    case .status, .stats, .count: nil
    default: Verb(rawValue: rawValue)
    }
  }
}
