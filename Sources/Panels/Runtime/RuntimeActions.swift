import Canvas
import Console
import Gate
import OpsModel

/// What can be asked of a process itself. Every language has its own way, and all of them disturb: through the gate, and one at a time.
enum RuntimeActions {
  static let inside: CommandID = "runtime.inside"
  static let profile: CommandID = "runtime.profile"

  static let commands = [
    Command(
      inside, "look inside", "Asks the process what it is at: threads of a JVM, the stack of a Node process. Tells what that takes first.",
      keys: [Key("i")], footer: 11),
    Command(
      profile, "profile", "Asks a Node process for its stack, and samples for one second where its time goes.", keys: [Key("f")], footer: 14
    ),
  ]

  static func isOurs(_ command: CommandID) -> Bool { commands.contains { $0.id == command } }

  private static func verb(_ process: ProcessView) -> (verb: Verb, kind: SafeText)? {
    switch process.state.language {
    case .jvm: (.threadDump, "jvm")
    case .node: (.inspectNode, "node")
    default: nil
    }
  }

  /// The source that can ask it, and what that calls it.
  private static func place(_ process: ProcessView, _ verb: Verb, _ view: StoreView) -> ResourceID? {
    process.ids.first { id in view.source(id.source)?.verbs.contains(verb) ?? false }
  }

  static func requests(_ command: CommandID, _ process: ProcessView, _ context: PanelContext) -> [Request] {
    guard let wanted = verb(process), let id = place(process, wanted.verb, context.view) else { return [] }
    let target = Target(scope: [], key: id.key, version: Version(of: id.key))
    let arguments = command == profile ? [Operation.profileKey: "1 s"] : [:]
    return [.act(ActionDraft(wanted.verb, source: id.source, .targets(TargetList([target])), arguments: arguments))]
  }

  static func disabled(_ command: CommandID, _ process: ProcessView?, _ context: PanelContext) -> SafeText? {
    guard let process else { return "nothing is selected" }
    guard let wanted = verb(process) else {
      return "there is no safe way into a process of \(SafeText(escaping: process.state.language.rawValue)) from here"
    }
    if command == profile && wanted.verb != .inspectNode { return "only a Node process can be sampled from here" }
    if let why = context.readOnly { return "read-only (\(why)): asking a process disturbs it" }
    guard place(process, wanted.verb, context.view) != nil else {
      return process.state.pid == nil
        ? "it runs elsewhere: it can be asked on its own machine only"
        : "add a source, {name: \(wanted.kind), kind: \(wanted.kind)}, to ask it"
    }
    return nil
  }
}
