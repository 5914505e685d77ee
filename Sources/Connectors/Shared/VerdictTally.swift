import Gate
import OpsModel

/// What became of one target, or would: the same value for the preview, which reads, and for the receipt, which the script answers.
struct TargetVerdict: Hashable {
  let outcome: Outcome
  let reason: SafeText

  init(_ outcome: Outcome, _ reason: SafeText? = nil) {
    self.outcome = outcome
    self.reason = reason ?? outcome.meaning
  }

  static let moved = TargetVerdict(.moved)
  static let absent = TargetVerdict(.absent)
  static let changed = TargetVerdict(.changed)
}

/// What a preview found out, target by target: how many would move, and the others by reason.
struct VerdictTally {
  private(set) var movers = 0
  private(set) var examined = 0
  private var reasons: [SafeText: Int] = [:]

  init() {}

  init(_ verdicts: some Sequence<TargetVerdict>) { for verdict in verdicts { add(verdict) } }

  mutating func add(_ verdict: TargetVerdict) {
    examined += 1
    if verdict.outcome == .moved { movers += 1 } else { reasons[verdict.reason, default: 0] += 1 }
  }

  /// The most frequent first.
  var refused: [(reason: SafeText, count: Int)] {
    reasons.sorted { ($0.value, $1.key) > ($1.value, $0.key) }.map { (reason: $0.key, count: $0.value) }
  }

  /// `moves 12 jobs to rq:queue:default`. Where not every target was examined, those that were not are taken to move: `at most`.
  /// - Parameters:
  ///   - total: targets that were chosen.
  ///   - noun: in the singular.
  func moves(_ verb: SafeText, _ noun: SafeText, of total: Int, _ rest: SafeText) -> SafeText {
    let most = total - (examined - movers)
    guard most > 0 else { return "nothing: \(refused.first?.reason ?? "no target is left")" }
    let count: SafeText = examined < total ? "at most \(Units.count(most, noun))" : Units.count(movers, noun)
    return "\(verb) \(count)\(rest.isEmpty ? "" : " \(rest)" as SafeText)"
  }
}

extension Rehearsal {
  mutating func take(_ tally: VerdictTally) {
    affected = tally.movers
    examined = tally.examined
    refused = tally.refused
  }
}
