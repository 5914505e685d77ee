import OpsModel
import Runbooks

/// What a run takes over from the one whose rest it does: steps and hosts that are not done again, with what they told later steps.
struct CarriedSteps {
  private let plan: RunPlan
  private let folder: RunFolder
  private let paths: FilePaths

  init(_ session: RunnerSession) {
    plan = session.plan
    folder = session.folder
    paths = session.maker.paths
  }

  /// Outcomes for the journal, but for those that are there: a life that was cut off while it wrote them has left some out.
  /// - Throws: `Failure.settings` where the other run is not what it was when this one was confirmed, or somebody else does its rest.
  func records(after own: RunHistory) throws(Failure) -> [(step: String, fields: [String: RunValue])] {
    guard let continues = plan.continues else { return [] }
    let missing = continues.done.filter { !own.carried.contains($0) }
    if missing.isEmpty, !own.order.isEmpty { return [] }
    let shown = SafeText(escaping: continues.run)
    guard let id = RunID(continues.run), let read = JournalReader.read(RunFolder(id, in: paths.runFolder).journal), read.brokenAt == nil,
      read.lastHash == continues.journal
    else { throw .settings("run \(shown) is not as it was when this one was planned: plan the rest again") }
    if let other = RestPlan.follower(of: id, paths, except: folder.id) {
      throw .settings("run \(other.shown) does the rest of \(shown) already")
    }
    let history = RunHistory(read.records)
    return missing.map { path in
      let known = history.step(path)
      let state = known.state.isSettled ? known.state : .ok
      let fields: [String: RunValue] = [
        "state": .text(state.rawValue), "outputs": .map(known.outputs), "message": .text("done in run \(continues.run)"),
        "run": .text(continues.run),
      ]
      return (path, fields)
    }
  }
}
