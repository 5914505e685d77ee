import Console
import Gate
import OpsModel

/// Takes the console's actions through the gate, one at a time, and tells the screen how they go.
actor ActionDesk {
  private let maker: GateMaker
  private let collector: Collector
  private let mailbox: Mailbox
  private let clock: any OpsClock
  private var gate: Gate?
  private var plan: Plan?
  private var control = OperationControl()
  /// Counts actions: what belongs to an earlier one is not told any more.
  private var number = 0

  init(maker: GateMaker, collector: Collector, mailbox: Mailbox, clock: any OpsClock) {
    self.maker = maker
    self.collector = collector
    self.mailbox = mailbox
    self.clock = clock
  }

  func opened() async -> Gate {
    if let gate { return gate }
    let made = await maker.make()
    gate = made
    return made
  }

  func prepare(_ draft: ActionDraft) async {
    number += 1
    let mine = number
    let gate = await opened()
    do throws(GateRefusal) {
      let operation = try await operation(of: draft)
      guard number == mine else { return }
      let made = try await gate.prepare(operation)
      guard number == mine else { return await gate.cancel(made) }
      plan = made
      mailbox.post(.action(.prepared(made)))
    } catch {
      if number == mine { mailbox.post(.action(.refused(error.sentence))) }
    }
  }

  private func operation(of draft: ActionDraft) async throws(GateRefusal) -> Operation {
    if draft.verb == .restore, let path = draft.arguments["file"] {
      return Operation(
        .restore, source: draft.source, arguments: draft.arguments, records: try maker.records(in: path, for: draft.source))
    }
    return Operation(draft.verb, source: draft.source, targets: try await targets(of: draft), arguments: draft.arguments)
  }

  private func targets(of draft: ActionDraft) async throws(GateRefusal) -> TargetList {
    switch draft.meant {
    case .targets(let list): return list
    case .source: return TargetList()
    case .selection(let selection):
      guard let store = collector.connector(of: draft.source) as? any DeadLetterStore else { throw .noActuator(source: draft.source) }
      do throws(Failure) {
        let mailbox = mailbox
        return try await selection.targets(in: store, now: clock.now().unix) { mailbox.post(.action(.freezing($0))) }
      } catch {
        throw .failed(error)
      }
    }
  }

  func perform(_ answer: Answer, isStaged: Bool) async {
    guard let plan, let gate else { return }
    self.plan = nil
    control = OperationControl()
    let mailbox = mailbox
    do throws(GateRefusal) {
      let result = try await gate.perform(plan.staged(isStaged ? Staging() : nil), answer, control: control) {
        mailbox.post(.action(.progress($0)))
      }
      mailbox.post(.action(.finished(result)))
    } catch {
      mailbox.post(.action(.refused(error.sentence)))
    }
  }

  /// Orphans of a source whose workers must be asked; nil where looking is enough, and in read-only mode.
  func orphans(of source: SafeText) async throws(GateRefusal) -> [DeadLetter]? {
    guard case .readWrite = maker.mode, maker.asksForOrphans(source) else { return nil }
    return try await opened().orphans(of: source, limit: DeadDesk.orphanLimit)
  }

  /// Between two batches.
  func stop() { control.stop() }

  func cancel() async {
    number += 1
    if let plan { await gate?.cancel(plan) }
    plan = nil
  }
}
