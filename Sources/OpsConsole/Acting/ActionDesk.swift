import Console
import Gate
import OpsModel

/// Takes the console's actions through the gate, one at a time, and tells the screen how they go.
actor ActionDesk {
  private let maker: GateMaker
  private let found: FoundSources
  private let collector: Collector
  private let mailbox: Mailbox
  private let clock: any OpsClock
  private var gate: Gate?
  /// The plan that waits for its answer, and the number of its action.
  private var waiting: (number: Int, plan: Plan)?
  private var control = OperationControl()
  /// The newest action that was asked for; what belongs to an earlier one is not told any more.
  private var newest = 0
  /// Actions that were given up, also before they were heard of here: tasks come in any order.
  private var cancelled = 0

  init(maker: GateMaker, found: FoundSources, collector: Collector, mailbox: Mailbox, clock: any OpsClock) {
    self.maker = maker
    self.found = found
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

  func prepare(_ draft: ActionDraft, _ number: Int) async {
    guard number > newest, number > cancelled else { return }
    newest = number
    let gate = await opened()
    if let source = found.local(draft.source) { await maker.offer(source, to: gate) }
    do throws(GateRefusal) {
      let operation = try await operation(of: draft, number)
      guard isWanted(number) else { return }
      let made = try await gate.prepare(operation)
      guard isWanted(number) else { return await gate.cancel(made) }
      waiting = (number, made)
      mailbox.post(.action(.prepared(made), number: number))
    } catch {
      mailbox.post(.action(.refused(error.sentence), number: number))
    }
  }

  private func isWanted(_ number: Int) -> Bool { number == newest && number > cancelled }

  private func operation(of draft: ActionDraft, _ number: Int) async throws(GateRefusal) -> Operation {
    if draft.verb == .restore, let path = draft.arguments["file"] {
      return Operation(
        .restore, source: draft.source, arguments: draft.arguments, records: try maker.records(in: path, for: draft.source))
    }
    return Operation(draft.verb, source: draft.source, targets: try await targets(of: draft, number), arguments: draft.arguments)
  }

  private func targets(of draft: ActionDraft, _ number: Int) async throws(GateRefusal) -> TargetList {
    switch draft.meant {
    case .targets(let list): return list
    case .source: return TargetList()
    case .selection(let selection):
      guard let store = collector.connector(of: draft.source) as? any DeadLetterStore else { throw .noActuator(source: draft.source) }
      do throws(Failure) {
        let mailbox = mailbox
        return try await selection.targets(in: store, now: clock.now().unix) {
          mailbox.post(.action(.freezing($0), number: number))
        }
      } catch {
        throw .failed(error)
      }
    }
  }

  /// Goes on with the plan of this action, and with no other.
  func perform(_ answer: Answer, isStaged: Bool, _ number: Int) async {
    guard let (known, plan) = waiting, known == number, let gate else {
      return mailbox.post(.action(.refused("nothing was done: this preview has expired; open it again"), number: number))
    }
    waiting = nil
    control = OperationControl()
    let mailbox = mailbox
    do throws(GateRefusal) {
      let result = try await gate.perform(plan.staged(isStaged ? Staging() : nil), answer, control: control) {
        mailbox.post(.action(.progress($0), number: number))
      }
      mailbox.post(.action(.finished(result), number: number))
    } catch {
      mailbox.post(.action(.refused(error.sentence), number: number))
    }
  }

  /// Orphans of a source whose workers must be asked; nil where looking is enough, and in read-only mode.
  func orphans(of source: SafeText) async throws(GateRefusal) -> [DeadLetter]? {
    guard case .readWrite = maker.mode, maker.asksForOrphans(source) else { return nil }
    return try await opened().orphans(of: source, limit: DeadDesk.orphanLimit)
  }

  /// Between two batches.
  func stop() { control.stop() }

  func cancel(_ number: Int) async {
    cancelled = max(cancelled, number)
    guard let (known, plan) = waiting, known == number else { return }
    waiting = nil
    await gate?.cancel(plan)
  }
}
