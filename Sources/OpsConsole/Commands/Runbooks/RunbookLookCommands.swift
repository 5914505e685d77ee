import ArgumentParser
import OpsModel
import Runbooks

/// `opsconsole runbook status RUN`
struct RunbookStatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Say where a run is: its steps, what it waits for, what is in doubt.",
    discussion: "Exit code 0 while it runs or has succeeded, 1 where it failed, 75 where it waits for a person.")

  @OptionGroup var options: SharedOptions
  @Argument(help: "The run, or the beginning of its name; last is the newest.") var name: String
  @Option(name: .long, help: "table or json.") var format = OutputFormat.table

  func run() throws {
    let scene = try RunbookScene(options)
    let view = try scene.view(try scene.folder(name))
    RunText(view).print(format)
    if view.state.code != 0 { throw ExitCode(view.state.code) }
  }
}

/// `opsconsole runbook attach RUN`
struct RunbookAttachCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "attach", abstract: "Look at a run until it ends; leaving does not end it at once.")

  @OptionGroup var options: SharedOptions
  @Argument(help: "The run, or the beginning of its name; last is the newest.") var name: String
  @Option(name: .long, help: "table or json.") var format = OutputFormat.table

  func run() throws {
    let scene = try RunbookScene(options)
    let code = RunFollower(try scene.folder(name), scene, format: format).follow()
    if code != 0 { throw ExitCode(code) }
  }
}

/// `opsconsole runbook runs`
struct RunbookRunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs", abstract: "List runs, the newest first: who, when, what, how it ended.")

  @OptionGroup var options: SharedOptions
  @Option(name: .long, help: ArgumentHelp("Only of this runbook.", valueName: "id")) var runbook: String?
  @Option(name: .long, help: ArgumentHelp("At most so many.", valueName: "n")) var limit = 50
  @Option(name: .long, help: "table or json.") var format = OutputFormat.table

  func run() throws {
    let scene = try RunbookScene(options)
    let list = RunView.list(scene.paths)
    let runs = list.runs.filter { runbook == nil || $0.plan.id == runbook }.prefix(max(0, limit))
    switch format {
    case .json:
      let damaged = list.damaged.map { JSONText.object([("run", .text($0.id.shown)), ("folder", .text(SafeText(escaping: $0.path)))]) }
      Output.json(.object([("schema", .int(1)), ("runs", .array(runs.map { RunText($0).summary })), ("damaged", .array(damaged))]))
    case .table: for run in runs { Output.line(RunText(run).line) }
    }
    for one in list.damaged.prefix(10) { Output.error("\(one.id.shown) cannot be read: \(SafeText(escaping: one.path))") }
  }
}

/// `opsconsole runbook show RUN`
struct RunbookShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Print everything that is written down of a run: its plan, its journal, what its steps printed.")

  @OptionGroup var options: SharedOptions
  @Argument(help: "The run, or the beginning of its name; last is the newest.") var name: String
  @Option(name: .long, help: "table or json.") var format = OutputFormat.table

  func run() throws {
    let scene = try RunbookScene(options)
    let view = try scene.view(try scene.folder(name))
    RunStory(view).print(format)
    if view.brokenAt != nil { throw ExitCode(1) }
  }
}
