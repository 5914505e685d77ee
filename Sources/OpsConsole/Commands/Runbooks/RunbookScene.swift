import ArgumentParser
import Gate
import OpsModel
import Runbooks

/// What the subcommands about runbooks have in common.
struct RunbookScene: Sendable {
  let configuration: Configuration?
  let options: SharedOptions
  let paths: FilePaths
  let maker: GateMaker
  let clock = SystemClock()

  init(_ options: SharedOptions) throws {
    configuration = try options.load()
    ProcessSetup.begin()
    ScratchFolder.sweep()
    self.options = options
    let variables = SharedOptions.variables
    paths = FilePaths(environment: variables)
    maker = GateMaker(configuration: configuration, options: options, paths: paths, environment: variables, clock: clock)
  }

  var books: RunbookLibrary { RunbookLibrary(configuration, paths) }
  var who: String { maker.actor.name.text }

  func planner(_ gate: Gate) -> PlanMaker {
    PlanMaker(configuration: configuration, books: books, maker: maker, gate: gate, paths: paths, clock: clock)
  }

  /// A run by its name, or by the beginning of it. `last` is the newest that can be read.
  /// - Throws: `ExitCode` 66 where there is none, or more than one.
  func folder(_ name: String) throws -> RunFolder {
    if name == "last" { return try newest() }
    let found = RunFolder.known(in: paths.runFolder).filter { $0.id.text.hasPrefix(name.uppercased()) }
    if found.count == 1 { return found[0] }
    let shown = SafeText(escaping: name, limit: 40)
    Output.error(found.isEmpty ? "no run is called \(shown): opsconsole runbook runs" : "\(found.count) runs begin with \(shown)")
    throw ExitCode(66)
  }

  private func newest() throws -> RunFolder {
    for folder in RunFolder.known(in: paths.runFolder) {
      if RunView(folder, isListed: true) != nil { return folder }
      Output.error("\(folder.id.shown) cannot be read and is passed over: \(SafeText(escaping: folder.path))")
    }
    Output.error("no run was started by this account on this host")
    throw ExitCode(66)
  }

  /// - Throws: `ExitCode` 66 where it can not be read.
  func view(_ folder: RunFolder) throws -> RunView {
    guard let view = RunView(folder) else {
      Output.error("\(folder.id.shown) can not be read: \(SafeText(escaping: folder.path))")
      throw ExitCode(66)
    }
    return view
  }
}

/// Which parameters a run has.
struct ParameterOptions: ParsableArguments {
  @Option(
    name: [.customLong("param"), .customShort("p")],
    help: ArgumentHelp("NAME=VALUE; entries of a list by commas, or given several times.", valueName: "name=value"))
  var param: [String] = []

  @Option(
    name: .long,
    help: ArgumentHelp(
      "NAME=VARIABLE: take the value from this variable; the only way for a sensitive parameter.", valueName: "name=variable"))
  var paramEnv: [String] = []

  func validate() throws { _ = try given() }

  func given() throws -> [String: [String]] {
    var out: [String: [String]] = [:]
    for text in param {
      let (name, value) = try Self.pair(text, "--param is NAME=VALUE")
      out[name, default: []].append(value)
    }
    for text in paramEnv {
      let (name, variable) = try Self.pair(text, "--param-env is NAME=VARIABLE")
      guard let value = SharedOptions.variables[variable] else {
        throw ValidationError("the variable of --param-env \(SafeText(escaping: name, limit: 60)) is not set")
      }
      out[name, default: []].append(value)
    }
    return out
  }

  /// Names whose values stand in the arguments of this process, which every user of the machine can read.
  var open: Set<String> { Set(param.compactMap { text in text.firstIndex(of: "=").map { String(text[..<$0]) } }) }

  private static func pair(_ text: String, _ usage: String) throws -> (String, String) {
    guard let equals = text.firstIndex(of: "=") else { throw ValidationError(usage) }
    return (String(text[..<equals]), String(text[text.index(after: equals)...]))
  }
}
