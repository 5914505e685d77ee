import ArgumentParser
import Connectors
import Gate
import OpsModel

/// `opsconsole queries cancel SOURCE`
struct QueriesCancelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cancel", abstract: "Cancel the statements that sessions run; the sessions stay.",
    discussion:
      "Statements are named as `queries activity --format json` names them (statement_id): never by pid alone, since pids come again.")

  @OptionGroup var options: SharedOptions
  @OptionGroup var confirm: ConfirmOptions
  @Argument(help: "The source, as configured.") var source: String
  @Option(name: .long, help: ArgumentHelp("PID@BACKEND_START@QUERY_START; may be given several times.", valueName: "statement_id"))
  var id: [String] = []
  @Option(name: .long, help: "table or json.") var format = OutputFormat.table

  func validate() throws {
    guard !id.isEmpty else { throw ValidationError("--id names what is meant: statement_id of `queries activity --format json`") }
    for word in id where SessionTarget(word: word)?.queryStarted == nil {
      throw ValidationError("--id is PID@BACKEND_START@QUERY_START, as `queries activity --format json` prints it under statement_id")
    }
  }

  func run() throws {
    let targets = TargetList(id.compactMap { SessionTarget(word: $0)?.target })
    try SignalAction(verb: .cancel, options: options, source: source, confirm: confirm, format: format).run { _ in targets }
  }
}

/// `opsconsole queries terminate SOURCE`
struct QueriesTerminateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "terminate", abstract: "End sessions: named ones, or the root blockers of all who wait.",
    discussion: "Sessions are named as `queries activity` names them (id): never by pid alone, since pids come again.")

  @OptionGroup var options: SharedOptions
  @OptionGroup var confirm: ConfirmOptions
  @Argument(help: "The source, as configured.") var source: String
  @Option(name: .long, help: ArgumentHelp("PID@BACKEND_START; may be given several times.", valueName: "id"))
  var id: [String] = []
  @Flag(name: .long, help: "The sessions that wait for nobody and hold up others.")
  var rootBlockers = false
  @Option(name: .long, help: "table or json.") var format = OutputFormat.table

  func validate() throws {
    guard id.isEmpty == rootBlockers else { throw ValidationError("it takes either --id or --root-blockers") }
    for word in id where SessionTarget(word: word) == nil || SessionTarget(word: word)?.queryStarted != nil {
      throw ValidationError("--id is PID@BACKEND_START, as `queries activity` prints it")
    }
  }

  func run() throws {
    let named = TargetList(id.compactMap { SessionTarget(word: $0)?.target })
    let isRoots = rootBlockers
    try SignalAction(verb: .terminate, options: options, source: source, confirm: confirm, format: format).run { observation in
      isRoots ? Self.roots(observation) : named
    }
  }

  /// Roots that are sessions; a prepared transaction is nobody's.
  private static func roots(_ observation: Observation) -> TargetList {
    let ids = (observation.locks?.rows ?? []).filter { $0.kind == .root }.compactMap(\.session)
    let sessions = observation.sessions.filter { ids.contains($0.id) }
    return TargetList(sessions.compactMap { SessionTarget($0, statement: false)?.target })
  }
}

/// Freezes the targets and takes them through the gate.
struct SignalAction {
  let verb: Verb
  let options: SharedOptions
  let source: String
  let confirm: ConfirmOptions
  let format: OutputFormat

  func run(_ targets: @escaping @Sendable (Observation) -> TargetList) throws {
    let configuration = try options.load()
    ProcessSetup.begin()
    let clock = SystemClock()
    let access = SourceAccess(configuration: configuration, clock: clock)
    let source = try access.source(source)
    try QueriesLook.requireDatabase(source)
    let variables = SharedOptions.variables
    let maker = GateMaker(
      configuration: configuration, options: options, paths: FilePaths(environment: variables), environment: variables, clock: clock)
    let (verb, confirm, format) = (verb, confirm, format)
    let code = Blocking.run { () async -> Int32 in
      let gate = await maker.make()
      var list = TargetList()
      // In read-only mode nothing need be looked for: the gate refuses, and writes that down.
      if case .readWrite = gate.mode {
        do {
          let connector = try await access.connector(source)
          list = targets(try await connector.observe())
          await connector.close()
        } catch let failure as Failure {
          return SourceAccess.unavailable(source.name, failure).rawValue
        } catch { return (error as? ExitCode)?.rawValue ?? 70 }
      }
      let runner = OperationRunner(gate: gate, isDryRun: confirm.dryRun, confirm: confirm.confirm, format: format)
      return await runner.run(Operation(verb, source: source.name, targets: list))
    }
    if code != 0 { throw ExitCode(code) }
  }
}
