import ArgumentParser
import Connectors
import OpsModel

/// `opsconsole init`: prints a commented configuration made from what runs on this host.
struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Write a commented configuration from what was found on this host.")

  @Option(name: .shortAndLong, help: ArgumentHelp("Write to a new file instead of standard output.", valueName: "file"))
  var output: String?

  func run() throws {
    ProcessSetup.begin()
    let found = Blocking.run { await Discovery(environment: SharedOptions.variables, clock: SystemClock()).run() }
    let lines = ConfigurationTemplate(found: found).lines
    for notice in found.notices { Output.error(notice.text) }
    guard let output else {
      for line in lines { Output.line(line) }
      return
    }
    let path = FilePaths.expand(output)
    guard !FilePaths.exists(path) else {
      Output.error("\(SafeText(escaping: path)) is there already; it is not overwritten")
      throw ExitCode(78)
    }
    let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    do throws(WriteFailure) {
      if path.hasPrefix("/"), !folder.isEmpty, let problem = FilePaths.folderProblem(folder) { throw problem }
      try FilePaths.save(Array(lines.map { $0.text + "\n" }.joined().utf8), new: path)
    } catch {
      Output.error("\(SafeText(escaping: path)) cannot be written: \(error.reason)")
      throw ExitCode(73)
    }
    Output.error("written: \(SafeText(escaping: path))")
  }
}
