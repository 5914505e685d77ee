import Gate
import OpsModel
import Runbooks

/// Carries batches into the journal, and ends a bulk action that does harm.
actor QueueWitness: BatchWitness {
  private let batch: @Sendable (BatchNote) async -> Bool
  private let halt: QueueHalt?
  private let output: @Sendable ([UInt8]) -> Void
  private(set) var halted: SafeText?
  /// What was moved, as far as later steps are told.
  private(set) var moved: [String] = []

  init(
    before: [String], batch: @escaping @Sendable (BatchNote) async -> Bool, halt: QueueHalt?, output: @escaping @Sendable ([UInt8]) -> Void
  ) {
    moved = before
    self.batch = batch
    self.halt = halt
    self.output = output
  }

  func intends(_ targets: [Target]) async -> Bool {
    if let why = await halt?.reason() {
      halted = why
      return false
    }
    return await batch(.intends(items: targets.map { .text(SafeText(bytes: $0.key, limit: 200).text) }))
  }

  func did(_ targets: [Target], _ report: Result<BatchReport, Failure>) async -> Bool {
    var counts: [Outcome: Int] = [:]
    var problems: [RunValue] = []
    var fresh: [RunValue] = []
    for (index, target) in targets.enumerated() {
      let (outcome, reason) = Self.outcome(index, report)
      counts[outcome, default: 0] += 1
      if outcome == .moved {
        if moved.count < 1000 {
          let text = FrozenTargets.text(target)
          moved.append(text)
          fresh.append(.text(text))
        }
        await halt?.add(target)
      } else if problems.count < 50 {
        problems.append(.text("\(SafeText(bytes: target.key, limit: 100)): \(outcome.key): \(reason)"))
      }
    }
    var fields: [String: RunValue] = ["problems": .list(problems), "count": .int(targets.count), "ids": .list(fresh)]
    for (outcome, count) in counts { fields[outcome.key.text] = .int(count) }
    output(Array("\(StepDesk.summary(counts).text)\n".utf8))
    return await batch(.did(fields))
  }

  private static func outcome(_ index: Int, _ report: Result<BatchReport, Failure>) -> (Outcome, SafeText) {
    switch report {
    case .success(let report):
      let outcome = index < report.outcomes.count ? report.outcomes[index] : .unknown
      return (outcome, report.reasons[index] ?? outcome.meaning)
    case .failure(let failure): return (Outcome(after: failure), failure.what)
    }
  }
}
