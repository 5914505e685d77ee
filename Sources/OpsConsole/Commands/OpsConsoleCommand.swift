import ArgumentParser
import Glibc

/// `opsconsole`: opens the console, or runs a subcommand.
@main
struct OpsConsoleCommand: ParsableCommand {
  static let version = "0.6.0"

  static let configuration = CommandConfiguration(
    commandName: "opsconsole",
    abstract: "Operations console for task queues and PostgreSQL.",
    discussion: "Without a subcommand it opens the console on the configured sources, or on what it finds on this host.",
    version: version,
    subcommands: [
      WallboardCommand.self, SnapshotCommand.self, SuspectsCommand.self, RecordCommand.self, ReplayCommand.self, IncidentCommand.self,
      DeadLettersCommand.self,
      OrphansCommand.self, QueriesCommand.self, RunbookCommand.self, AuditCommand.self,
      DoctorCommand.self,
      InitCommand.self,
      CompletionsCommand.self,
    ])

  @OptionGroup var options: SharedOptions

  static func main() { Program.run() }

  func run() throws {
    let configuration = try options.load()
    let variables = SharedOptions.variables
    let code = MainActor.assumeIsolated {
      ProcessSetup.begin()
      return ConsoleSession(
        configuration: configuration, options: options, paths: FilePaths(environment: variables), environment: variables
      ).run()
    }
    // Threads that wait for a dead server do not hold the process back.
    fflush(nil)
    _exit(code)
  }
}
