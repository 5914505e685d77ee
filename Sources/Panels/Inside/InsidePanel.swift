import Canvas
import Console
import OpsModel

/// What a process told when it was asked from outside: first what it comes to, then all of it.
enum InsidePanel: PagePanel {
  static let manifest = PanelManifest(
    id: "inside", title: "Runtimes › Inside", summary: "What a process told when it was asked: its stacks.", digit: 6)

  static var facet: Facet? { nil }

  static func selection(_ state: PageState, _ context: PanelContext) -> SafeText? {
    context.view.inside.map { SafeText(bytes: $0.process.key, limit: 60) }
  }

  static func crumbs(_ state: PageState, _ context: PanelContext) -> [SafeText] {
    guard let inside = context.view.inside else { return [] }
    let state = context.view.processes.first { $0.ids.contains(inside.process) }?.state
    let name = state.map { state in state.pid.map { "\(state.name):\($0)" } ?? state.name }
    return [name ?? inside.process.source, inside.kind, "asked \(Units.age(context.now.age(since: inside.at))) ago"]
  }

  static func lines(_ context: PanelContext) -> [HeadLine] {
    guard let inside = context.view.inside else { return [HeadLine("nothing was asked yet", .faint)] }
    let width = max(20, context.size.columns - 2)
    let answers = inside.answers.flatMap { answer in
      TextWrap.lines("\(answer.from)  \(answer.text)", width: width).map {
        HeadLine($0, answer.from.text.uppercased() == answer.from.text ? .critical : .text)
      }
    }
    return answers + [HeadLine("all of it", .title)] + inside.lines.map { HeadLine($0, .faint) }
  }
}
