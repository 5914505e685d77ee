import Gate
import OpsModel
import Runbooks

/// Plans of what other runs have left.
extension PlanMaker {
  /// - Parameter sensitive: parameters that are not written down.
  /// - Throws: `PlanRefusal`.
  func make(rest: RestPlan, sensitive: [String: RunValue]) async throws(PlanRefusal) -> Made {
    if let why = rest.problem(paths, configuration: configuration?.file, environment: maker.named) { throw .rest(why) }
    let view = rest.view
    guard let bytes = FilePaths.bytes(of: view.folder.runbook, limit: 1 << 20), let remainder = rest.remainder,
      let continuation = rest.continuation(remainder), case .success(let runbook) = RunbookLibrary.entry(view.plan.file, bytes).runbook
    else { throw .rest("what is written down of \(view.folder.id.shown) cannot be read") }
    let warning = remainder.standing.map { "\($0.words). \(view.planAgain(remainder))" as SafeText }
    let left = PlanWork.Rest(continuation: continuation, remainder: remainder, frozen: rest.frozen, history: view.history, warning: warning)
    return try await make(
      RunbookLibrary.entry(view.plan.file, bytes), runbook, view.plan.parameters.merging(sensitive) { $1 }, view.plan.alert, rest: left)
  }
}
