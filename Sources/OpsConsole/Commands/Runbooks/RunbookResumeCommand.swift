import ArgumentParser
import Gate
import OpsModel
import Runbooks

/// `opsconsole runbook resume RUN`
struct RunbookResumeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume", abstract: "Take up a run that was paused or interrupted; nothing is taken up by itself.",
    discussion:
      "Steps of which nobody knows whether they happened need a decision: --decide STEP=rerun, =done, =skip or =failed, and --reason. "
      + "--abort runs only the steps of `finally`. Parameters cannot change. A run can be resumed for 24 hours. "
      + "--remaining plans a new run of what a failed or cancelled run has left: hosts that failed or never began, items that were not moved."
  )

  @OptionGroup var options: SharedOptions
  @OptionGroup var parameters: ParameterOptions
  @Argument(help: "The run, or the beginning of its name; last is the newest.") var name: String
  @Option(name: .long, help: ArgumentHelp("What is to be taken for true of a step; may be given several times.", valueName: "step=word"))
  var decide: [String] = []
  @Option(name: .long, help: ArgumentHelp("Why it is decided so.", valueName: "text")) var reason = ""
  @Flag(name: .long, help: "Give it up: only the steps that are always done follow.") var abort = false
  @Flag(name: .long, help: "Plan a new run of what a run that is over has left.") var remaining = false
  @Option(name: .long, help: ArgumentHelp("What the plan asks for, such as production/dlq-drain.", valueName: "text")) var confirm: String?
  @Flag(name: .long, help: "Do not wait for its end.") var detach = false
  @Option(name: .long, help: "table or json.") var format = OutputFormat.table

  func validate() throws {
    _ = try decisions()
    if remaining, abort { throw ValidationError("--remaining begins a new run, and --abort ends one: one of both") }
    if !decide.isEmpty || abort, reason.allSatisfy(\.isWhitespace) { throw ValidationError("a decision needs its --reason") }
  }

  func decisions() throws -> [RunOrder.Decision] {
    try decide.map { text in
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2, let word = RunOrder.Decision.Word(rawValue: parts[1]) else {
        throw ValidationError("--decide is STEP=rerun, STEP=done, STEP=skip or STEP=failed")
      }
      return RunOrder.Decision(step: parts[0], word: word, reason: reason)
    }
  }

  func run() throws {
    let scene = try RunbookScene(options)
    if case .readOnly(let why) = scene.maker.mode {
      Output.error("read-only (\(why)): a run can only be looked at")
      throw ExitCode(77)
    }
    let folder = try scene.folder(name)
    let view = try scene.view(folder)
    if remaining { return try runRest(of: view, scene) }
    if let why = view.whyNotResumed(
      now: scene.clock.now(), by: scene.maker.actor, configuration: scene.configuration?.file, environment: scene.maker.named,
      isAbort: abort)
    {
      Output.error(why)
      throw ExitCode(1)
    }
    let decisions = try decisions()
    let open = view.history.open.filter { view.needsPerson($0) && !decisions.map(\.step).contains($0) }
    guard confirm == view.plan.typed.text, open.isEmpty || abort else {
      RunText(view).print(format)
      for step in open {
        Output.error(
          "nobody knows whether \(SafeText(escaping: step, limit: 100)) happened: --decide \(SafeText(escaping: step, limit: 100))=rerun|done|skip|failed"
        )
      }
      let wish: SafeText = abort ? "to give it up: \(view.resuming) --abort --reason TEXT" : "to go on: \(view.resuming)"
      Output.error("nothing was done; \(wish)")
      throw ExitCode(77)
    }
    try start(
      view, RunOrder(abort ? .abort : .resume, by: scene.who, reason: reason, sensitive: sensitive(view), decisions: decisions), scene)
  }

  private func start(_ view: RunView, _ order: RunOrder, _ scene: RunbookScene) throws {
    let folder = view.folder
    do throws(RunStart.Problem) {
      try RunStart(paths: scene.paths, options: options, clock: scene.clock).start(folder, order)
    } catch {
      Output.error(error.sentence)
      guard case .refused = error else { throw ExitCode(73) }
      for line in ResumeRace.lines(folder, after: view.lines, order) { Output.error(line) }
      throw ExitCode(75)
    }
    if detach { return Output.line("run \(folder.id.shown)") }
    let code = RunFollower(folder, scene, format: format, after: view.lines).follow()
    if code != 0 { throw ExitCode(code) }
  }

  /// What must not be written down is asked for again.
  func sensitive(_ view: RunView) throws -> [String: RunValue] {
    guard !view.plan.sensitive.isEmpty else { return [:] }
    guard let text = FilePaths.bytes(of: view.folder.runbook, limit: 1 << 20),
      case .success(let runbook) = RunbookLibrary.entry(view.plan.file, text).runbook
    else { throw ExitCode(66) }
    let wanted = runbook.parameters.filter { view.plan.sensitive.contains($0.name) }
    do throws(PlanRefusal) { try PlanMaker.refuse(parameters.open, runbook) } catch {
      for line in error.lines { Output.error(line) }
      throw ExitCode(64)
    }
    do throws(ParameterBinding.Problems) {
      let given: [String: [String]]
      do { given = try parameters.given() } catch { given = [:] }
      let bound = try ParameterBinding.bind(given, to: wanted)
      guard RunPlan.digest(bound, salt: view.plan.sensitiveSalt) == view.plan.sensitiveDigest else {
        throw ParameterBinding.Problems(list: ["the sensitive parameters are not those that the run was begun with"])
      }
      return bound
    } catch {
      for line in error.list { Output.error(line) }
      Output.error("sensitive parameters are written nowhere, and are given again: \(view.resuming)")
      throw ExitCode(64)
    }
  }
}
