import ArgumentParser
import Gate
import OpsModel
import Runbooks

/// `opsconsole runbook run ID`
struct RunbookRunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Plan a run, and carry it out where it is confirmed.",
    discussion:
      "Without --confirm the plan is printed and nothing is done. The run belongs to a process of its own: this command only looks. "
      + "Ctrl-C lets the run pause after its step, a second one within three seconds cancels the step, Ctrl-\\ only stops looking. "
      + "With --detach it ends at once; then on_disconnect of the runbook says what becomes of a run that nobody looks at.")

  @OptionGroup var options: SharedOptions
  @OptionGroup var parameters: ParameterOptions
  @Argument(help: "The runbook's id, or its file.") var runbook: String?
  @Option(name: .long, help: ArgumentHelp("A plan that was made before.", valueName: "hash")) var plan: String?
  @Option(name: .long, help: ArgumentHelp("What the plan asks for, such as production/dlq-drain.", valueName: "text")) var confirm: String?
  @Flag(name: .long, help: "Do not wait for its end.") var detach = false
  @Option(name: .long, help: "table or json.") var format = OutputFormat.table

  func validate() throws {
    guard (runbook == nil) != (plan == nil) else { throw ValidationError("it takes a runbook, or --plan HASH") }
  }

  func run() throws {
    let scene = try RunbookScene(options)
    let made = try made(scene)
    let name = made.plan.typed
    if case .readOnly(let why) = scene.maker.mode {
      Output.error("read-only (\(why)): runbooks can be read and planned, and not run")
      throw ExitCode(77)
    }
    guard made.plan.obstacles.isEmpty else {
      PlanText(made).print(format)
      Output.error("nothing was begun: \(made.plan.obstacles[0])\(Self.more(made.plan.obstacles.count - 1))")
      throw ExitCode(1)
    }
    guard confirm == name.text else {
      PlanText(made).print(format)
      Output.error("not confirmed: nothing was done; to go on: --confirm '\(name)'")
      throw ExitCode(77)
    }
    let folder = try begin(made, scene)
    if detach {
      Output.line(format == .json ? SafeText(escaping: "{\"schema\":1,\"run\":\"\(folder.id.text)\"}") : "run \(folder.id.shown)")
      return
    }
    let code = RunFollower(folder, scene, format: format).follow()
    if code != 0 { throw ExitCode(code) }
  }

  private static func more(_ count: Int) -> SafeText { count > 0 ? "; \(Units.count(count, "more reason")) above" : "" }

  private func begin(_ made: PlanMaker.Made, _ scene: RunbookScene) throws -> RunFolder {
    let start = RunStart(paths: scene.paths, options: options, clock: scene.clock)
    if let other = start.shown(instead: made) {
      Output.error(
        "nothing was begun: run \(other.id.shown) has the lock \(SafeText(escaping: made.plan.lock, limit: 100)) and is shown instead")
      return other
    }
    do throws(RunStart.Problem) { return try start.begin(made, by: scene.who) } catch {
      Output.error(error.sentence)
      throw ExitCode(73)
    }
  }

  private func made(_ scene: RunbookScene) throws -> PlanMaker.Made {
    if let plan {
      do throws(PlanRefusal) {
        return try PlanShelf(scene.paths).take(
          plan, given: try? parameters.given(), open: parameters.open, books: scene.books, now: scene.clock.now(), by: scene.maker.actor,
          configuration: scene.configuration?.file)
      } catch {
        for line in error.lines { Output.error(line) }
        throw ExitCode(error.code)
      }
    }
    let (name, given, open) = (runbook ?? "", try parameters.given(), parameters.open)
    let result = Blocking.run { () async -> Result<PlanMaker.Made, PlanRefusal> in
      do throws(PlanRefusal) { return .success(try await scene.planner(scene.maker.make()).make(name, given, open: open)) } catch {
        return .failure(error)
      }
    }
    switch result {
    case .success(let made): return made
    case .failure(let refusal):
      for line in refusal.lines { Output.error(line) }
      throw ExitCode(refusal.code)
    }
  }
}
