import Glibc
import OpsModel
import Runbooks

/// What stands in the way of a step, as far as it can be known before anything runs.
extension PlanWork {
  /// Looks beside the action itself: nothing is run that the plan does not name.
  func looks(_ step: Step, _ line: inout RunPlan.Step) {
    var named: [(SafeText, Probe)] = step.strategy.gate.compactMap { check in check.probe.map { ("between batches", $0) } }
    if let probe = step.verify?.probe { named.append(("whether it has happened", probe)) }
    for (when, probe) in named { line.notes.append("looks \(when) by \(SafeText(escaping: probe.action.name)): \(probe.action.sketch)") }
    if case .wait(let wait)? = step.action, let probe = wait.probe { named.append(("", probe)) }
    line.problem = line.problem ?? named.lazy.compactMap { obstacle($0.1.action) }.first
  }

  func isToldLater(_ problem: ExpressionProblem) -> Bool {
    runbook.allSteps.contains { Self.names($0.id, problem.message) }
  }

  /// Whether a problem is that a step did not run yet.
  private static func names(_ id: String, _ message: SafeText) -> Bool {
    message.text.contains("the step \(id) did not run") || message.text.contains("steps.\(id).")
  }

  /// What is known to be missing before anything runs.
  func obstacle(_ action: StepAction) -> SafeText? {
    if let connection = action.connection, connection.host == nil {
      do throws(Failure) { _ = try maker.places.source(ResolvedConnection(name: connection.name, host: nil)) } catch { return error.what }
    }
    switch action {
    case .approve(let approval): return ApprovalFolder.problem(maker.approvalFolder, group: approval.group)
    case .ssh: return Self.missing("ssh")
    case .ansible: return Self.missing("ansible-playbook")
    case .kubectl: return Self.missing("kubectl")
    case .cmd(let argv, _, _): return argv.first.flatMap { Self.missing($0.source) }
    default: return nil
    }
  }

  private static func missing(_ program: String) -> SafeText? {
    // The console's own commands are this program.
    if program == "opsconsole" { return nil }
    let found =
      program.contains("/")
      ? access(program, X_OK) == 0 : ChildProgram.searchPath.split(separator: ":").contains { access("\($0)/\(program)", X_OK) == 0 }
    return found ? nil : "\(SafeText(escaping: program, limit: 80)) is not installed on this machine"
  }
}
