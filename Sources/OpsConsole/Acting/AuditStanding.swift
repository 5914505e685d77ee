import Gate
import Glibc
import OpsModel
import Runbooks

/// What became of an intent that has no outcome: what the log, the journal of its run, and the processes of this machine tell. It never
/// advises to repeat what may have happened.
struct AuditStanding: Sendable {
  /// Nothing has to be done about it.
  let isSettled: Bool
  let sentence: SafeText

  static func all(_ open: [OpenIntent], _ paths: FilePaths) -> [AuditStanding] { open.map { AuditStanding($0, paths) } }

  init(_ intent: OpenIntent, _ paths: FilePaths) {
    if let run = intent.run {
      (isSettled, sentence) = Self.ofStep(intent, run, paths)
    } else {
      (isSettled, sentence) = Self.ofOperation(intent)
    }
  }

  // MARK: Steps of runs

  private static func ofStep(_ intent: OpenIntent, _ run: SafeText, _ paths: FilePaths) -> (Bool, SafeText) {
    let step = intent.step.flatMap { $0.isEmpty ? nil : $0 }
    let place: SafeText = step.map { "step \($0)" } ?? "its lock"
    let name: SafeText = "run \(run), \(place)"
    let lost: SafeText = "\(name): the runner ended at \(intent.at) before an outcome was written"
    if let settled = intent.settled { return (true, "\(lost); resume settled it: \(settled)") }
    guard let id = RunID(run.text), let view = RunView(RunFolder(id, in: paths.runFolder)) else {
      return (false, "\(lost), and its folder is not here: look at it as the user, and on the host \(intent.host), that began it")
    }
    if view.isAlive { return (true, "\(name): under way since \(intent.at)") }
    let known = view.history.step(step?.text ?? "")
    if known.state.isSettled || view.state.isOver {
      let state: SafeText = known.state.isSettled ? SafeText(escaping: known.state.rawValue) : view.state.word
      let words = SafeText(escaping: known.message, limit: 200)
      return (true, "\(lost); resume settled it: \(state)\(words.isEmpty ? "" : ", \(words)")")
    }
    return (false, "\(lost), and nobody knows whether it happened: \(view.loss ?? view.resuming)")
  }

  // MARK: Operations of the console

  private static func ofOperation(_ intent: OpenIntent) -> (Bool, SafeText) {
    let name: SafeText = "\(intent.action) at \(intent.target), operation \(intent.operation)"
    if isAlive(intent) { return (true, "\(name): under way since \(intent.at), process \(intent.pid ?? 0)") }
    return (
      false,
      "\(name): its console ended at \(intent.at) before an outcome was written; how much of it happened is not known. \(look(intent))"
    )
  }

  /// Where to look before anybody decides.
  private static func look(_ intent: OpenIntent) -> SafeText {
    let source = SafeText(escaping: intent.target.text.split(separator: "/", maxSplits: 1).last.map(String.init) ?? "", limit: 60)
    switch intent.action.text {
    case "cancel", "terminate": return "See which sessions are left: opsconsole queries activity \(source)"
    case "retry", "retry-edited", "discard", "restore", "recover":
      return "See what is left: opsconsole dead-letters list \(source)"
    default: return "See what was meant: opsconsole audit show --operation \(intent.operation)"
    }
  }

  /// Whether the process that wrote it is at work still, here.
  private static func isAlive(_ intent: OpenIntent) -> Bool {
    guard let pid = intent.pid, pid > 0 else { return false }
    let here = AuditActor(environment: [:], version: "")
    guard intent.host == here.host, intent.boot == here.boot, kill(pid_t(pid), 0) == 0 || errno == EPERM else { return false }
    return (FilePaths.read("/proc/\(pid)/comm", limit: 64) ?? "").hasPrefix("opsconsole")
  }
}
