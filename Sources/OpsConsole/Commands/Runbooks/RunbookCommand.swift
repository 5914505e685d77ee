import ArgumentParser

/// `opsconsole runbook`: recovery that can be read beforehand, watched, stopped and taken up again.
struct RunbookCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runbook", abstract: "Read, plan, run and follow runbooks.",
    discussion:
      "Exit codes: 0 done, 1 failed or cancelled, 64 usage, 66 no such runbook or run, 69 a source is unavailable, 75 waits for a person or somebody "
      + "else was first, 77 not permitted or not confirmed, 78 the runbook or the configuration is wrong, 129 the terminal is gone.",
    subcommands: [
      RunbookListCommand.self, RunbookCheckCommand.self, RunbookPlanCommand.self, RunbookRunCommand.self, RunbookStatusCommand.self,
      RunbookAttachCommand.self, RunbookPauseCommand.self, RunbookCancelCommand.self, RunbookAnswerCommand.self, RunbookResumeCommand.self,
      RunbookApproveCommand.self, RunbookRunsCommand.self, RunbookShowCommand.self, RunbookSchemaCommand.self, RunbookRunnerCommand.self,
    ])
}
