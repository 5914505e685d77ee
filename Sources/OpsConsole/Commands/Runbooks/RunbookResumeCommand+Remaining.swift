import ArgumentParser
import OpsModel
import Runbooks

/// `opsconsole runbook resume --remaining RUN`: a new run of what a run that is over has left.
extension RunbookResumeCommand {
  func runRest(of view: RunView, _ scene: RunbookScene) throws {
    let rest = RestPlan(view: view, decided: try decisions())
    let planner = Blocking.run { await scene.planner(scene.maker.make()) }
    if let why = rest.problem(scene.paths, configuration: scene.configuration?.file, environment: scene.maker.named) {
      Output.error(why)
      throw ExitCode(1)
    }
    let sensitive = try sensitive(view)
    let result = Blocking.run { () async -> Result<PlanMaker.Made, PlanRefusal> in
      do throws(PlanRefusal) { return .success(try await planner.make(rest: rest, sensitive: sensitive)) } catch { return .failure(error) }
    }
    switch result {
    case .success(let made): try begin(made, scene)
    case .failure(let refusal):
      for line in refusal.lines { Output.error(line) }
      throw ExitCode(refusal.code)
    }
  }

  private func begin(_ made: PlanMaker.Made, _ scene: RunbookScene) throws {
    guard made.plan.obstacles.isEmpty, confirm == made.plan.typed.text else {
      PlanText(made).print(format)
      guard made.plan.obstacles.isEmpty else { throw ExitCode(1) }
      if let problem = PlanShelf(scene.paths).keep(made) {
        Output.error("the plan cannot be kept: \(problem.reason)")
        throw ExitCode(Program.cannotWrite)
      }
      Output.error("not confirmed: nothing was done; to begin this new run: --confirm '\(made.plan.typed)'")
      throw ExitCode(77)
    }
    let folder: RunFolder
    do throws(RunStart.Problem) {
      folder = try RunStart(paths: scene.paths, options: options, clock: scene.clock).begin(made, by: scene.who)
    } catch {
      Output.error(error.sentence)
      throw ExitCode(73)
    }
    if detach { return Output.line("run \(folder.id.shown)") }
    let code = RunFollower(folder, scene, format: format).follow()
    if code != 0 { throw ExitCode(code) }
  }
}
