import ArgumentParser
import Console
import OpsModel

/// `opsconsole queries statements SOURCE`
struct QueriesStatementsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "statements", abstract: "List statements by what they cost, since counting began or over a window. Nothing is reset.")

  @OptionGroup var options: SharedOptions
  @Argument(help: "The source, as configured.") var source: String
  @Option(name: .long, help: ArgumentHelp("Look twice, so many seconds apart, and tell the difference.", valueName: "seconds"))
  var window: Double?
  @Option(name: .long, help: "Statements listed at most.") var limit = 50
  @Option(name: .long, help: "table or json.") var format = OutputFormat.table

  func validate() throws {
    if let window, !(1...3600).contains(window) { throw ValidationError("--window is a number of seconds from 1 to 3600") }
    guard (1...10_000).contains(limit) else { throw ValidationError("--limit is a number from 1 to 10000") }
  }

  func run() throws {
    let seen = try QueriesLook(options: options, source: source).take(window: window)
    guard let log = seen.observation.statements else {
      Output.error(
        "pg_stat_statements is not in the connected database: CREATE EXTENSION pg_stat_statements, or connect to one that has it")
      throw ExitCode(69)
    }
    let made = log.window(window ?? 3600)
    switch format {
    case .json:
      Output.json(
        QueriesLook.head(
          seen,
          [
            ("window", DatabaseJSON.window(made)),
            ("statements", .array(DatabaseJSON.statements(seen.source.name, log, window: window ?? 3600, limit: limit))),
          ]))
    case .table: for line in Self.table(log, made, limit) { Output.line(line) }
    }
  }

  private static func ms(_ value: Double?) -> SafeText {
    guard let value else { return "—" }
    return ExplainText.ms(value)
  }

  private static func table(_ log: StatementLog, _ window: StatementWindow, _ limit: Int) -> [SafeText] {
    var lines: [SafeText] = []
    if let hidden = window.unattributed, hidden > 1 {
      lines.append(
        "\(Units.duration(hidden / 1000)) of active time is in no statement: failed, cancelled, timed out, thrown out, or still running")
    }
    let rows = window.rows.prefix(limit).map { row -> [SafeText] in
      [
        window.share(of: row).map { Units.percent($0) } ?? "nested", Units.count(Int(clamped: row.counters.calls)),
        window.perSecond(row.counters.calls).map { Units.rate($0) } ?? "—", ms(row.counters.mean), ms(row.counters.deviation),
        Units.duration(row.counters.total / 1000), Units.count(Int(clamped: row.counters.rows)),
        row.counters.hitShare.map { Units.percent($0) } ?? "—",
        "\(row.key.query)", log.texts[row.key]?.prefix(100) ?? "—",
      ]
    }
    return lines
      + SnapshotTable.table(["LOAD", "CALLS", "RATE", "MEAN ms", "DEV ms", "TIME", "ROWS", "HIT", "QUERY ID", "STATEMENT"], Array(rows))
  }
}
