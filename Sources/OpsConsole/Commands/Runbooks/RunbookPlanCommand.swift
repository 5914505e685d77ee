import ArgumentParser
import OpsModel
import Runbooks

/// `opsconsole runbook plan ID`
struct RunbookPlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "Say what a run would do with these parameters; nothing is changed.",
    discussion:
      "The plan is kept for as long as its runbook says (10 minutes by default): `runbook run --plan HASH` carries out exactly it.")

  @OptionGroup var options: SharedOptions
  @OptionGroup var parameters: ParameterOptions
  @Argument(help: "The runbook's id, or its file.") var runbook: String
  @Option(name: .long, help: "table or json.") var format = OutputFormat.table

  func run() throws {
    let scene = try RunbookScene(options)
    let given = try parameters.given()
    let (name, format, open) = (runbook, format, parameters.open)
    let code = Blocking.run { () async -> Int32 in
      do throws(PlanRefusal) {
        let made = try await scene.planner(scene.maker.make()).make(name, given, open: open)
        let isKept = !scene.planner(await scene.maker.make()).isReadOnly
        let problem = isKept ? PlanShelf(scene.paths).keep(made) : nil
        PlanText(made).print(format)
        if let problem {
          Output.error("the plan cannot be kept for `runbook run --plan`: \(problem.reason)")
          return Program.cannotWrite
        }
        guard let first = made.plan.obstacles.first else { return 0 }
        Output.error("it cannot run as things are: \(first)")
        return 1
      } catch {
        for line in error.lines { Output.error(line) }
        return error.code
      }
    }
    if code != 0 { throw ExitCode(code) }
  }
}
