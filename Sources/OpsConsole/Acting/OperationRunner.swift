import Gate
import Glibc
import OpsModel

/// Takes one operation through the gate for a script: plan, confirmation by `--confirm`, receipts, exit code. The console takes the same
/// steps with a box on the screen.
struct OperationRunner: Sendable {
  let gate: Gate
  let options: OperationOptions
  let format: OutputFormat

  /// - Returns: 0 done; 1 a target was not moved; 64 nothing selected; 69 the server does not answer; 77 not permitted or not confirmed.
  func run(_ operation: Operation) async -> Int32 {
    do throws(GateRefusal) {
      let plan = try await gate.prepare(operation)
      guard !options.dryRun else {
        OperationReport(plan: plan, result: nil).print(format)
        return 0
      }
      guard let confirm = options.confirm else {
        OperationReport(plan: plan, result: nil).print(format)
        await gate.cancel(plan)
        throw .notConfirmed(expected: "--confirm \(plan.name)")
      }
      let isTerminal = isatty(STDERR_FILENO) == 1
      let result = try await gate.perform(plan, .typed(confirm), batch: options.batch) { if isTerminal { Self.tell($0) } }
      if isTerminal { Output.rewrite("") }
      OperationReport(plan: plan, result: result).print(format)
      if let failure = result.auditFailure { Output.error("it was done, but its outcome could not be written down: \(failure)") }
      return result.end == .whole && result.counts[.moved] == result.total ? 0 : 1
    } catch {
      Output.error(error.sentence)
      return Self.code(of: error)
    }
  }

  private static func tell(_ progress: OperationProgress) {
    let stage: SafeText =
      switch progress.stage {
      case .quarantine: "writing the quarantine file"
      case .first: "the first few"
      case .watching(let fate, let left):
        "watching for \(Units.age(left)): \(fate.deadAgain) failed again, \(fate.done) done, \(fate.waiting + fate.running) not yet"
      case .rest:
        "\(Units.count(progress.done)) of \(Units.count(progress.total)), \(Units.rate(progress.rate)), \(progress.batch) at a time"
      }
    Output.rewrite(stage)
  }

  static func code(of refusal: GateRefusal) -> Int32 {
    switch refusal {
    case .empty: 64
    case .failed(.permission), .failed(.notReady): 77
    case .failed: 69
    default: 77
    }
  }
}
