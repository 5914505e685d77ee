import ArgumentParser
import Console
import OpsModel

/// `opsconsole queries locks SOURCE`
struct QueriesLocksCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "locks", abstract: "Show who blocks whom as a tree, root blockers first, each with its remedy.")

  @OptionGroup var options: SharedOptions
  @Argument(help: "The source, as configured.") var source: String
  @Option(name: .long, help: "table or json.") var format = OutputFormat.table

  func run() throws {
    let seen = try QueriesLook(options: options, source: source).take()
    let tree = seen.observation.locks ?? LockTree()
    switch format {
    case .json:
      Output.json(
        QueriesLook.head(
          seen,
          [
            ("roots", .int(tree.roots)), ("waiters", .int(tree.waiters)),
            ("locks", .array(tree.rows.map { DatabaseJSON.lock(seen.source.name, $0) })),
          ]))
    case .table:
      if tree.rows.isEmpty { Output.line("nobody waits for a lock") }
      for row in tree.rows { Output.line(Self.line(row)) }
    }
  }

  private static func line(_ row: LockRow) -> SafeText {
    let indent = SafeText.join([SafeText](repeating: "  ", count: row.depth), "")
    let name: SafeText = "\(row.pid.map { "\($0) " } ?? "")\(row.application ?? "")"
    let behind: SafeText = row.victims > 0 ? ", \(row.victims) behind it have waited \(Units.age(row.suffering)) together" : ""
    let remedy: SafeText = row.remedy.map { "\n\(indent)  " + $0 } ?? ""
    switch row.kind {
    case .queue:
      return "\(indent)\(row.count) more queued for \(row.waitsFor ?? "?"), the longest for \(row.waited.map { Units.age($0) } ?? "?")"
    case .cycle: return "cycle of \(row.count)\(behind)\(remedy)"
    case .root, .prepared:
      return "\(name) \(row.state ?? "")\(row.transactionAge.map { " for \(Units.age($0))" } ?? ""): \(row.holds ?? "")\(behind)\(remedy)"
    case .waiter:
      let how: SafeText = row.isSoft ? "queued for" : "waits for"
      return
        "\(indent)\(name) \(how) \(row.waitsFor ?? "?") \(row.mode ?? "") since \(row.waited.map { Units.age($0) } ?? "?")\(behind)\(remedy)"
    }
  }
}
