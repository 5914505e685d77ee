import ArgumentParser
import Console
import OpsModel

/// `opsconsole queries activity SOURCE`
struct QueriesActivityCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "activity", abstract: "List sessions: what they do, what they wait for, whom they hold up; and the server's health.")

  @OptionGroup var options: SharedOptions
  @Argument(help: "The source, as configured.") var source: String
  @Option(name: .long, help: "table or json.") var format = OutputFormat.table

  func run() throws {
    let seen = try QueriesLook(options: options, source: source).take()
    switch format {
    case .json:
      Output.json(
        QueriesLook.head(
          seen,
          [
            ("server", HealthJSON.server(seen.source, at: seen.at) ?? .null),
            ("sessions", .array(seen.observation.sessions.map(DatabaseJSON.session))),
          ]))
    case .table:
      for trouble in seen.observation.health?.troubles ?? [] { Output.line(trouble.text) }
      for line in Self.table(seen.observation.sessions) { Output.line(line) }
    }
  }

  private static func table(_ sessions: [SessionState]) -> [SafeText] {
    let rows = sessions.filter { $0.leader == nil }.sorted { ($1.blocks, $1.relevantAge ?? 0) < ($0.blocks, $0.relevantAge ?? 0) }
    return SnapshotTable.table(
      ["ID", "STATE", "TIME", "XACT", "WAIT", "BY", "BLOCKS", "APPLICATION", "USER", "DATABASE", "QUERY"],
      rows.map { session in
        let by = SafeText.join(session.blockedBy.prefix(3).map { "\($0)" }, ",")
        return [
          SessionTarget(session, statement: false)?.word ?? "\(session.pid)", session.state ?? session.backendType ?? "—",
          session.relevantAge.map { Units.age($0) } ?? "—", session.transactionAge.map { Units.age($0) } ?? "—", session.waitEvent ?? "—",
          by.isEmpty ? "—" : by, "\(session.blocks)", session.application ?? "—", session.user ?? "—", session.database ?? "—",
          session.query?.prefix(80) ?? "—",
        ]
      })
  }
}
