import ArgumentParser

/// `opsconsole queries …`
struct QueriesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "queries", abstract: "Look at a PostgreSQL server: sessions, statements, locks, plans; cancel and terminate.",
    discussion: """
      Actions show a plan; --confirm ENVIRONMENT/SOURCE carries it out. Exit codes: 0 done, 1 some targets were not reached, 64 usage, \
      69 the source is unavailable, 77 not permitted or not confirmed, 78 configuration.
      """,
    subcommands: [
      QueriesActivityCommand.self, QueriesStatementsCommand.self, QueriesLocksCommand.self, QueriesExplainCommand.self,
      QueriesCancelCommand.self, QueriesTerminateCommand.self,
    ])
}

/// How an operation on sessions goes.
struct ConfirmOptions: ParsableArguments, Sendable {
  @Flag(name: .long, help: "Show the plan and change nothing.")
  var dryRun = false

  @Option(name: .long, help: ArgumentHelp("Goes on with the plan: environment and source, as in production/main-db.", valueName: "target"))
  var confirm: String?
}
