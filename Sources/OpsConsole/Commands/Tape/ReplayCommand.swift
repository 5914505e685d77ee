import ArgumentParser
import Console
import Glibc
import OpsModel
import Tape

/// `opsconsole replay FILE`: opens a tape anywhere; no server is asked.
struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay", abstract: "Open a tape: every panel as it was.",
    discussion: """
      [ and ] step, { and } go to the event before and after, t asks for a time. Nothing is asked of any server, and nothing is written to the \
      tape. Exit codes: 0 done, 66 no such tape, 78 this terminal can not show it.
      """)

  @OptionGroup var options: SharedOptions

  @Argument(help: "The tape (default: your own of this environment and configuration).")
  var file: String?

  @Option(
    name: .long, parsing: .unconditional, help: "Where to begin: 14:02, -10m, 2026-11-21T14:02:11Z (UTC); the end of the tape otherwise.")
  var at: String?

  func run() throws {
    let variables = SharedOptions.variables
    let paths = FilePaths(environment: variables)
    let path = try file.map { FilePaths.expand($0) } ?? TapePlace(options.load(), options.environment, paths).path
    let start = try at.map { try TapeArguments.time($0, "--at") }
    let reader = try TapeArguments.open(path)
    let owner = try TapeArguments.owner(reader, path)
    let identity = Identity(
      environment: owner.environment, user: "replay", host: SafeText(escaping: path.split(separator: "/").last.map(String.init) ?? ""),
      label: owner.label, readOnly: "a tape is shown")
    let code = MainActor.assumeIsolated {
      ProcessSetup.begin()
      return ReplaySession(tape: path, start: start, options: options, paths: paths, identity: identity).run()
    }
    fflush(nil)
    _exit(code)
  }
}
