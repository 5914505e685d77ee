import OpsModel
import Runbooks

/// Where a plan is that of what another run has left.
extension PlanWork {
  struct Rest {
    let continuation: RunPlan.Continuation
    let remainder: RunRemainder
    /// Items that the other run was meant for, by step.
    let frozen: [String: Set<String>]
    let history: RunHistory
    /// Why it may help nobody; nil where it may help.
    let warning: SafeText?
    private let done: Set<String>

    init(
      continuation: RunPlan.Continuation, remainder: RunRemainder, frozen: [String: Set<String>], history: RunHistory, warning: SafeText?
    ) {
      self.continuation = continuation
      self.remainder = remainder
      self.frozen = frozen
      self.history = history
      self.warning = warning
      done = Set(continuation.done)
    }

    func isDone(_ path: String) -> Bool { done.contains(path) }

    /// Items of a step that the other run has not moved: those of its list that are there as they were then.
    func left(of items: [String], _ path: String) -> [String]? {
      frozen[path].map { known in items.filter { known.contains($0) } }
    }
  }

  /// A step that the other run has done: it is said, and not done.
  /// - Returns: false where it is to be done.
  mutating func tellDone(_ step: Step, _ path: String) -> Bool {
    guard let rest, rest.isDone(path) else { return false }
    let known = rest.history.step(path)
    if path == step.id { scope.steps[path] = .init(state: known.state.isSettled ? known.state : .ok, outputs: known.outputs) }
    var line = RunPlan.Step(
      path: path, kind: step.action?.name ?? "per_host", words: step.action?.sketch ?? "for each host", guarantee: "", isRead: step.isRead)
    line.isDone = true
    line.notes.append("done in run \(SafeText(escaping: rest.continuation.run)): not done again")
    out.append(line)
    return true
  }

  /// Hosts of a step that are left, with a note of the others.
  func hostsLeft(_ hosts: [String], _ path: String, _ line: inout RunPlan.Step) -> [String] {
    guard let rest, let known = rest.remainder.hosts[path] else { return hosts }
    let left = hosts.filter { !rest.isDone("\(path)/\($0)") }
    if !known.failed.isEmpty { line.notes.append("failed before: \(Self.names(known.failed))") }
    if !known.never.isEmpty { line.notes.append("never began: \(Self.names(known.never))") }
    if !known.done.isEmpty { line.notes.append("done before, and not done again: \(Self.names(known.done))") }
    return left
  }

  private static func names(_ hosts: [String]) -> SafeText {
    SafeText.join(hosts.prefix(12).map { SafeText(escaping: $0, limit: 60) }, ", ") + (hosts.count > 12 ? ", … (\(hosts.count))" : "")
  }
}
