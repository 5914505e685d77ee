import ArgumentParser
import Gate
import Glibc
import OpsModel
import Runbooks

/// `opsconsole runbook pause RUN`
struct RunbookPauseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pause", abstract: "Let a run stop after the step, or the batch, that is under way.")

  @OptionGroup var options: SharedOptions
  @Argument(help: "The run, or the beginning of its name; last is the newest.") var name: String

  func run() throws { try RunHand.wish("pause", name, RunbookScene(options)) }
}

/// `opsconsole runbook cancel RUN`
struct RunbookCancelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cancel", abstract: "End what a run is doing; the steps that are always done follow.")

  @OptionGroup var options: SharedOptions
  @Argument(help: "The run, or the beginning of its name; last is the newest.") var name: String

  func run() throws { try RunHand.wish("cancel", name, RunbookScene(options)) }
}

/// `opsconsole runbook answer RUN STEP CHOICE`
struct RunbookAnswerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "answer", abstract: "Answer a step that asks.")

  @OptionGroup var options: SharedOptions
  @Argument(help: "The run, or the beginning of its name; last is the newest.") var name: String
  @Argument(help: "The step.") var step: String
  @Argument(help: "One of its choices.") var choice: String

  func run() throws {
    let scene = try RunbookScene(options)
    let view = try scene.view(try scene.folder(name))
    let waits = view.history.step(step).waitsFor
    guard view.history.step(step).state == .waiting, waits["kind"] == .text("prompt") else {
      Output.error("the step \(SafeText(escaping: step, limit: 100)) does not ask anything now")
      throw ExitCode(64)
    }
    if case .list(let choices)? = waits["choices"], !choices.isEmpty, !choices.contains(.text(choice)) {
      Output.error("it takes one of \(SafeText.join(choices.map(\.shown), ", "))")
      throw ExitCode(64)
    }
    try RunHand.wish("answer", name, scene, step: SafeText(escaping: step), choice: SafeText(escaping: choice))
  }
}

/// A word to a runner.
enum RunHand {
  /// One that was just started does not listen yet.
  private static func client(_ folder: RunFolder) -> RunnerClient? {
    for _ in 0..<50 {
      if let client = RunnerClient(folder) { return client }
      guard RunView.isAlive(folder) else { return nil }
      usleep(100_000)
    }
    return nil
  }

  static func wish(_ word: SafeText, _ name: String, _ scene: RunbookScene, step: SafeText = "", choice: SafeText = "") throws {
    if case .readOnly(let why) = scene.maker.mode {
      Output.error("read-only (\(why)): a run can only be looked at")
      throw ExitCode(77)
    }
    let folder = try scene.folder(name)
    guard let client = client(folder) else {
      let view = try scene.view(folder)
      Output.error("no runner is at \(folder.id.shown): it is \(view.state.word)")
      throw ExitCode(1)
    }
    guard let reply = client.wish(word, by: SafeText(escaping: scene.who, limit: 100), step: step, choice: choice) else {
      Output.error("the runner did not answer")
      throw ExitCode(69)
    }
    guard reply.isTaken else {
      Output.error(reply.words)
      throw ExitCode(1)
    }
    Output.line(reply.words)
  }
}
