import ArgumentParser
import Canvas
import Connectors
import Console
import Gate
import Glibc
import OpsModel
import StrictYAML
import Terminal

/// `opsconsole doctor`: what this terminal can show, what is linked, which files are read, and how each source answers.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Check terminal, libraries, files and sources.",
    discussion: "Exit codes: 0 all is well, 69 a source is unavailable, 78 something in the files is wrong.")

  @OptionGroup var options: SharedOptions

  @Flag(name: .long, help: "Look at how tasks are sent and worked on, as well.")
  var queues = false

  @Option(name: .long, help: "table or json, for --queues.")
  var format = OutputFormat.table

  func run() throws {
    ProcessSetup.begin()
    if queues { return try habits() }
    let variables = SharedOptions.variables
    let paths = FilePaths(environment: variables)
    section("terminal", Self.terminal(variables))
    section("libraries", [("ncurses", SafeText(escaping: TerminalLook.curses))] + Libraries.versions.map { ($0.name, $0.version) })
    var problems: [FileProblem] = []
    var configuration: Configuration?
    do throws(FileProblems) {
      configuration = try ConfigurationLoader(paths: paths, environment: variables).load(options.config)
    } catch {
      problems = error.list
    }
    let theme = ThemeFinder(folders: paths.themeFolders).find(options.theme ?? configuration?.theme)
    let keys = FilePaths.read(paths.keymapFile, limit: 1_048_576).map { KeymapFile.read($0, file: paths.keymapFile).problems } ?? []
    problems += theme.problems + keys
    section("files", Self.files(paths, options.config, theme))
    for problem in problems { Output.line("  error          \(problem.line)") }
    for line in Self.audit(paths) { Output.line("  audit          \(line)") }
    let isWell = sources(configuration, isBroken: !problems.isEmpty && configuration == nil)
    if !problems.isEmpty { throw ExitCode(78) }
    if !isWell { throw ExitCode(69) }
  }

  /// Nothing but the habits, so that a script can read them.
  private func habits() throws {
    let configuration = try options.load()
    let clock = SystemClock()
    let look = HabitsLook(configuration: configuration, environment: SharedOptions.variables, clock: clock)
    let result = Blocking.run { await look.run() }
    if format == .json { Output.json(result.json) } else { for line in result.lines { Output.line(line) } }
    if result.isEmpty { throw ExitCode(69) }
  }

  private func section(_ title: SafeText, _ rows: [(SafeText, SafeText)]) {
    Output.line(title)
    for (name, value) in rows { Output.line("  \(Units.padded(name, 14)) \(value)") }
  }

  private static func terminal(_ variables: [String: String]) -> [(SafeText, SafeText)] {
    var rows: [(SafeText, SafeText)] = [("TERM", SafeText(escaping: variables["TERM"] ?? "not set", limit: 60))]
    if let probe = TerminalLook.probe() {
      if let likeness = probe.likeness { rows.append(("treated as", "\(SafeText(escaping: likeness)): this host does not know the TERM")) }
      rows.append(("colours", "\(probe.colours)"))
      rows.append(("characters", probe.isUTF8 ? "UTF-8" : "not UTF-8: signs are drawn in ASCII"))
      rows.append(
        (
          "look",
          "\(SafeText(escaping: probe.look.rawValue)) of \(SafeText(escaping: Look.allCases.map(\.rawValue).joined(separator: ", ")))"
        ))
    } else {
      rows.append(("look", "this TERM is not known on this host; the console would not start"))
    }
    rows.append(("input, output", TerminalLook.isTerminal ? "a terminal" : "not a terminal"))
    if let value = variables["NO_COLOR"], !value.isEmpty { rows.append(("NO_COLOR", "set: no colour is used")) }
    return rows
  }

  private static func files(_ paths: FilePaths, _ config: String?, _ theme: ThemeFinder.Found) -> [(SafeText, SafeText)] {
    func state(_ path: String) -> SafeText {
      let shown = SafeText(escaping: path)
      return FilePaths.exists(path) ? shown : "\(shown) (not there)"
    }
    return [
      ("configuration", state(FilePaths.expand(config ?? paths.configurationFile))), ("keys", state(paths.keymapFile)),
      ("theme", theme.file.map { SafeText(escaping: $0) } ?? "built in"),
      ("themes", SafeText(escaping: ThemeFinder(folders: paths.themeFolders).names.joined(separator: ", "))),
      ("state", paths.stateProblem ?? SafeText(escaping: paths.state)), ("log", state(paths.logFile)),
      ("exports", state(paths.exportFolder)),
    ]
  }

  /// What the audit log leaves open.
  private static func audit(_ paths: FilePaths) -> [SafeText] {
    guard FilePaths.exists(paths.auditFile) else { return [] }
    guard let verdict = AuditReader.verify(paths.auditFile) else { return ["\(SafeText(escaping: paths.auditFile)) cannot be read"] }
    if let broken = verdict.brokenAt { return ["BROKEN at record \(broken): opsconsole audit verify"] }
    return AuditStanding.all(verdict.open, paths).filter { !$0.isSettled }.map(\.sentence)
  }

  /// - Returns: whether every source answers.
  private func sources(_ configuration: Configuration?, isBroken: Bool) -> Bool {
    Output.line("sources")
    if isBroken {
      Output.line("  not tried: the configuration has errors")
      return true
    }
    let clock = SystemClock()
    let taker = SnapshotTaker(clock: clock, maker: SourceMaker(clock: clock), environment: SharedOptions.variables)
    let result = Blocking.run { await taker.take(configuration, environment: .production, samples: 1, interval: 2) }
    for notice in result.looked { Output.line("  looked         \(notice.text)") }
    for source in result.document.view.sources {
      let name = Units.padded(source.name, 14)
      if let (failure, _) = source.reading.failure {
        Output.line("  \(name) \(failure.sentence(age: nil))")
      } else if let observed = source.reading.value {
        let server: SafeText = observed.server?.product ?? ""
        Output.line("  \(name) reachable in \(Units.duration(observed.took)): \(server)")
        for notice in observed.notices { Output.line("  \(Units.padded("", 14)) \(notice.text)") }
      }
    }
    if result.document.view.sources.isEmpty { Output.line("  none; `opsconsole init` writes a configuration to begin with") }
    return result.isComplete
  }
}
