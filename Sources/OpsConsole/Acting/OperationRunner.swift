import Gate
import Glibc
import OpsModel

/// Takes one operation through the gate for a script: plan, confirmation by `--confirm`, receipts, exit code. The console takes the same
/// steps with a box on the screen.
struct OperationRunner: Sendable {
  let gate: Gate
  let isDryRun: Bool
  let confirm: String?
  var batch: Int?
  let format: OutputFormat

  init(gate: Gate, isDryRun: Bool, confirm: String?, batch: Int? = nil, format: OutputFormat) {
    self.gate = gate
    self.isDryRun = isDryRun
    self.confirm = confirm
    self.batch = batch
    self.format = format
  }

  init(gate: Gate, options: OperationOptions, format: OutputFormat) {
    self.init(gate: gate, isDryRun: options.dryRun, confirm: options.confirm, batch: options.batch, format: format)
  }

  /// - Returns: 0 done; 1 a target was not moved; 64 nothing selected; 69 the server does not answer; 73 it cannot be recorded; 77 not
  ///   permitted or not confirmed.
  func run(_ operation: Operation) async -> Int32 {
    do throws(GateRefusal) {
      guard let (plan, result) = try await perform(operation) else { return 0 }
      OperationReport(plan: plan, result: result).print(format)
      return Self.code(of: result)
    } catch {
      Output.error(error.sentence)
      return error.exitCode
    }
  }

  /// The same for an operation whose result is a document: it is handed back and the report is left out.
  func measure(_ operation: Operation) async -> (Int32, [UInt8]?) {
    do throws(GateRefusal) {
      guard let (plan, result) = try await perform(operation) else { return (0, nil) }
      if result.document == nil { OperationReport(plan: plan, result: result).print(format) }
      return (Self.code(of: result), result.document)
    } catch {
      Output.error(error.sentence)
      return (error.exitCode, nil)
    }
  }

  /// - Returns: nil after a dry run.
  private func perform(_ operation: Operation) async throws(GateRefusal) -> (Plan, OperationResult)? {
    let plan = try await gate.prepare(operation)
    guard !isDryRun else {
      OperationReport(plan: plan, result: nil).print(format)
      return nil
    }
    guard let confirm else {
      OperationReport(plan: plan, result: nil).print(format)
      await gate.cancel(plan)
      throw .notConfirmed(expected: "--confirm \(plan.name)")
    }
    let isTerminal = isatty(STDERR_FILENO) == 1
    let result = try await gate.perform(plan, .typed(confirm), batch: batch) { if isTerminal { Self.tell($0) } }
    if isTerminal { Output.rewrite("") }
    if let failure = result.auditFailure { Output.error("it was done, but its outcome could not be written down: \(failure)") }
    return (plan, result)
  }

  private static func code(of result: OperationResult) -> Int32 {
    result.end == .whole && result.counts[.moved] == result.total ? 0 : 1
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
}
