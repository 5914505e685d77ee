import ArgumentParser
import Connectors
import Gate
import OpsModel

/// `opsconsole queries explain [SOURCE]`
struct QueriesExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Show the plan of a statement without running it, or read one from a file.",
    discussion: """
      --analyze runs the statement read-only with a time limit and rolls back; it takes only what is provably a SELECT, and --confirm. \
      --file reads the output of EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) from anywhere, - is standard input.
      """)

  @OptionGroup var options: SharedOptions
  @OptionGroup var confirm: ConfirmOptions
  @Argument(help: "The source, as configured; not with --file.") var source: String?
  @Option(name: .long, help: ArgumentHelp("What a session runs: PID@BACKEND_START.", valueName: "id")) var id: String?
  @Option(name: .long, help: ArgumentHelp("A statement of pg_stat_statements, by its query_id.", valueName: "number")) var queryId: Int64?
  @Option(name: .long, help: ArgumentHelp("The statement itself.", valueName: "text")) var sql: String?
  @Option(name: .long, help: ArgumentHelp("A plan in JSON.", valueName: "file")) var file: String?
  @Flag(name: .long, help: "Run it to measure: read-only, with a time limit, rolled back.") var analyze = false
  @Option(name: .long, help: "Seconds that it may run to be measured.") var seconds = 15.0
  @Option(name: .long, help: "table or json.") var format = OutputFormat.table

  func validate() throws {
    let chosen = [id != nil, queryId != nil, sql != nil, file != nil].filter { $0 }.count
    guard chosen == 1 else { throw ValidationError("it takes one of --id, --query-id, --sql and --file") }
    guard (file == nil) == (source != nil) else {
      throw ValidationError(file == nil ? "it takes the name of a source" : "--file takes no source")
    }
    if let id, SessionTarget(word: id) == nil { throw ValidationError("--id is PID@BACKEND_START, as `queries activity` prints it") }
    if file != nil && analyze { throw ValidationError("a plan of a file was made already; --analyze is for a statement") }
    guard (1...600).contains(seconds) else { throw ValidationError("--seconds is a number from 1 to 600") }
  }

  func run() throws {
    if let file { return try read(file) }
    let configuration = try options.load()
    ProcessSetup.begin()
    let clock = SystemClock()
    let access = SourceAccess(configuration: configuration, clock: clock)
    let found = try access.source(source ?? "")
    try QueriesLook.requireDatabase(found)
    let document = try plan(found, access)
    guard analyze else { return show(document.analysis, document.statement, document.notices) }
    if let why = document.whyNotMeasured {
      Output.error("not measured: \(why)")
      throw ExitCode(77)
    }
    try measure(document, found, configuration, clock)
  }

  private func show(_ analysis: ExplainAnalysis, _ statement: SafeText?, _ notices: [Notice]) {
    switch format {
    case .json: Output.json(ExplainJSON(analysis: analysis, statement: statement, notices: notices).json)
    case .table: for line in ExplainText(analysis: analysis, notices: notices).lines { Output.line(line) }
    }
  }

  private func read(_ file: String) throws {
    let path = file == "-" ? "/dev/stdin" : FilePaths.expand(file)
    guard let text = FilePaths.bytes(of: path, limit: 64 * 1_048_576) else {
      Output.error("\(SafeText(escaping: file)) can not be read, or is larger than 64 MB")
      throw ExitCode(64)
    }
    do throws(ExplainProblem) {
      show(ExplainAnalysis(try ExplainReader.read(text)), nil, [])
    } catch {
      Output.error("\(SafeText(escaping: file)): \(error.sentence)")
      throw ExitCode(64)
    }
  }

  private func statement(_ source: SafeText, _ connector: any Connector) async throws(Failure) -> PlanRequest.Statement {
    if let sql { return .text(sql) }
    if let target = id.flatMap({ SessionTarget(word: $0) }) {
      return .session(ResourceID(source: source, kind: .session, key: "\(target.pid) \(target.started)"))
    }
    let log = try await connector.observe().statements
    guard let key = log?.window(3600).rows.first(where: { $0.key.query == queryId })?.key else {
      throw .declined(.unlistedStatement)
    }
    return .listed(key)
  }

  private func plan(_ found: ConfiguredSource, _ access: SourceAccess) throws -> PlanDocument {
    let command = self
    let result = Blocking.run { () async -> Result<PlanDocument, any Error> in
      do {
        let connector = try await access.connector(found)
        guard let inspector = connector as? any StatementInspector else { return .failure(ExitCode(64)) }
        let statement = try await command.statement(found.name, connector)
        return .success(try await inspector.plan(of: PlanRequest(source: found.name, statement: statement)))
      } catch let failure as Failure {
        return .failure(SourceAccess.unavailable(found.name, failure))
      } catch { return .failure(error) }
    }
    return try result.get()
  }

  private func measure(_ document: PlanDocument, _ found: ConfiguredSource, _ configuration: Configuration?, _ clock: SystemClock) throws {
    let variables = SharedOptions.variables
    let maker = GateMaker(
      configuration: configuration, options: options, paths: FilePaths(environment: variables), environment: variables, clock: clock)
    var arguments = ["statement": document.text, "seconds": String(seconds)]
    if let database = document.database { arguments["database"] = database }
    if let path = document.path { arguments["search_path"] = path }
    let operation = Operation(.analyze, source: found.name, arguments: arguments)
    let confirm = confirm
    let format = format
    let (code, bytes) = Blocking.run { () async -> (Int32, [UInt8]?) in
      let gate = await maker.make()
      let runner = OperationRunner(gate: gate, isDryRun: confirm.dryRun, confirm: confirm.confirm, format: format)
      return await runner.measure(operation)
    }
    if let bytes { show(ExplainAnalysis(try ExplainReader.read(bytes)), document.statement, []) }
    if code != 0 { throw ExitCode(code) }
  }
}
