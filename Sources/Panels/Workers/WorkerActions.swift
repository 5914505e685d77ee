import Canvas
import Console
import Gate
import OpsModel

/// What can be asked of a worker, or of all of a source, through the gate. Which of it a system offers, its kind says.
enum WorkerActions {
  private struct Action {
    let command: Command
    let verb: Verb
    /// Meant for the source as a whole.
    var isForSource = false

    init(
      _ id: CommandID, _ verb: Verb, _ title: SafeText, _ summary: SafeText, _ key: String, footer: Int, isForSource: Bool = false
    ) {
      command = Command(id, title, summary, keys: [Key(key)], footer: footer)
      self.verb = verb
      self.isForSource = isForSource
    }
  }

  private static let all: [Action] = [
    Action("workers.ping", .ping, "ping", "Asks this worker for a sign of life.", "P", footer: 11),
    Action("workers.inspect", .inspect, "inspect", "Asks this worker what it is at, holds and has scheduled.", "I", footer: 12),
    Action(
      "workers.stop-job", .stopJob, "stop job", "Kills the job this worker is at; RQ files it among the failed ones.", "K", footer: 13),
    Action("workers.quiet", .quiet, "quiet", "Lets this process finish its jobs and take no new one.", "Q", footer: 14),
    Action("workers.stop", .stop, "stop", "Ends this process when its jobs are done or their time is up.", "T", footer: 15),
    Action("workers.shutdown", .shutdown, "shut down", "Lets this worker finish what it does and end.", "X", footer: 16),
    Action("workers.grow", .grow, "grow", "Adds one to the pool of this worker.", "+", footer: 17),
    Action("workers.shrink", .shrink, "shrink", "Takes one from the pool of this worker.", "-", footer: 18),
    Action(
      "workers.revoke", .revoke, "revoke", "Tells all workers of the source to drop a task when it comes: asks for its id.", "V",
      footer: 19,
      isForSource: true),
    Action(
      "workers.suspend", .suspend, "halt all", "Halts all workers of the source: they take no new job.", "H", footer: 20, isForSource: true),
    Action("workers.resume", .resume, "resume all", "Lets all workers of the source take jobs again.", "U", footer: 21, isForSource: true),
  ]

  static let commands = all.map(\.command)

  static func requests(_ command: CommandID, _ row: Sourced<WorkerState>) -> [Request] {
    guard let action = all.first(where: { $0.command.id == command }) else { return [] }
    let source = row.source.name
    if action.verb == .revoke {
      return [.ask(AskRequest("id of the task that \(source) drops", .argument("id", ActionDraft(.revoke, source: source, .source))))]
    }
    if action.isForSource { return [.act(ActionDraft(action.verb, source: source, .source))] }
    return [
      .act(ActionDraft(action.verb, source: source, .targets(TargetList([target(row.value, action.verb)])), arguments: arguments(action)))
    ]
  }

  private static func arguments(_ action: Action) -> [String: String] {
    action.verb == .grow || action.verb == .shrink ? ["n": "1"] : [:]
  }

  /// A worker by its key; for stopping a job, with the job it was seen at.
  private static func target(_ worker: WorkerState, _ verb: Verb) -> Target {
    Target(scope: [], key: worker.id.key, version: verb == .stopJob ? Version(of: worker.currentID ?? []) : Version(0))
  }

  static func disabled(_ command: CommandID, _ row: Sourced<WorkerState>?, _ context: PanelContext) -> SafeText? {
    guard let action = all.first(where: { $0.command.id == command }) else { return nil }
    if let why = context.readOnly { return "read-only (\(why)): nothing can be changed" }
    guard let row else { return "nothing is selected" }
    guard row.source.verbs.contains(action.verb) else { return "\(row.source.kind) does not offer it" }
    if action.isForSource { return nil }
    if row.value.activity == .lost { return "this worker is gone" }
    return action.verb == .stopJob && row.value.currentID == nil ? "this worker is at no job" : nil
  }
}
