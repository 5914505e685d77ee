import Gate
import OpsModel
import Runbooks

/// The plan of a run that does what another one has left.
struct RestPlan: Sendable {
  let view: RunView
  let decided: [RunOrder.Decision]

  /// What is left of it; nil where its runbook cannot be read.
  var remainder: RunRemainder? { view.remainder(decided: Dictionary(decided.map { ($0.step, $0.state) }) { $1 }) }

  /// What it goes on from, bound to what is written down of the other run.
  func continuation(_ remainder: RunRemainder) -> RunPlan.Continuation? {
    guard let read = JournalReader.read(view.folder.journal), read.brokenAt == nil else { return nil }
    return RunPlan.Continuation(run: view.folder.id.text, journal: read.lastHash, done: remainder.done)
  }

  /// Items that the other run was meant for, by step: the rest is among them.
  var frozen: [String: Set<String>] {
    var out = view.fullPlan.frozen.mapValues { Set($0) }
    guard let runbook = view.runbook else { return out }
    for step in runbook.allSteps where out[step.id] == nil {
      let path = "\(view.folder.path)/frozen-\(RunbookLibrary.hash(of: Array(step.id.utf8)).prefix(16)).txt"
      if let text = FilePaths.read(path, limit: 64 << 20) { out[step.id] = Set(text.split(separator: "\n").map(String.init)) }
    }
    return out
  }

  /// Why it cannot be planned; nil where it can.
  func problem(_ paths: FilePaths, configuration: String?, environment: Environment) -> SafeText? {
    let name = view.folder.id.shown
    if let why = view.whyOfAnother(configuration: configuration, environment: environment) { return why }
    if view.isAlive { return "a runner is at it: opsconsole runbook attach \(name)" }
    if let loss = view.loss { return loss }
    guard view.state.isOver else {
      return "it is not over but \(view.state.word): opsconsole runbook resume \(name), or end it first with --abort"
    }
    if let original = view.original {
      return "it did nothing of the rest of run \(original): opsconsole runbook resume --remaining \(original)"
    }
    if let other = Self.follower(of: view.folder.id, paths) {
      return "run \(other.shown) does the rest of it already: see what that one left, opsconsole runbook resume --remaining \(other.shown)"
    }
    guard let remainder else { return "its runbook cannot be read" }
    if remainder.isEmpty { return "nothing is left of it" }
    if let standing = remainder.standing, standing.isCertain { return "\(standing.words). \(view.planAgain(remainder))" }
    guard RunbookLibrary.entry(view.plan.file)?.hash == view.plan.fileHash else {
      return "\(SafeText(escaping: view.plan.file)) was changed since that run: plan the rest by hand. Left: \(remainder.words)"
    }
    guard let first = remainder.doubtful.first else { return nil }
    return
      "nobody knows whether \(SafeText(escaping: first, limit: 100)) happened: --decide \(SafeText(escaping: first, limit: 100))=done|rerun --reason TEXT"
  }

  /// A run that has begun with the rest of this one.
  static func follower(of run: RunID, _ paths: FilePaths, except own: RunID? = nil) -> RunID? {
    follower(of: run, in: paths.runFolder, except: own)
  }

  static func follower(of run: RunID, in runs: String, except own: RunID? = nil) -> RunID? {
    for folder in RunFolder.folders(in: runs) where folder.id > run && folder.id != own {
      guard let bytes = FilePaths.bytes(of: folder.plan, limit: 16 << 20), let plan = RunPlan(document: bytes),
        plan.continues?.run == run.text
      else { continue }
      // One that was refused before its first step has done nothing of it. What a lost journal has forgotten, the audit log knows.
      let hasBegun = !RunHistory(JournalReader.last(folder.journal)).order.isEmpty
      if hasBegun || RunView.isAlive(folder) || AuditMemory(of: folder.id, audit: folder.audit).hasBegun { return folder.id }
    }
    return nil
  }
}
