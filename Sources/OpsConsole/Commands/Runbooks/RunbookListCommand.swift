import ArgumentParser
import Gate
import OpsModel
import Runbooks

/// `opsconsole runbook list`
struct RunbookListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the runbooks there are, what each is for, and how it ended last.")

  @OptionGroup var options: SharedOptions
  @Option(name: .long, help: ArgumentHelp("Only those that answer this alert.", valueName: "name")) var alert: String?
  @Option(name: .long, help: "table or json.") var format = OutputFormat.table

  func run() throws {
    let scene = try RunbookScene(options)
    let runs = RunView.all(scene.paths)
    let entries = scene.books.entries.filter { entry in
      guard let alert else { return true }
      guard case .success(let runbook) = entry.runbook else { return false }
      return runbook.alerts.contains { $0.name == alert }
    }
    switch format {
    case .json:
      Output.json(.object([("schema", .int(1)), ("runbooks", .array(entries.map { Self.json($0, runs) }))]))
    case .table:
      for entry in entries { Output.line(Self.line(entry, runs)) }
    }
  }

  private static func last(_ id: String, _ runs: [RunView]) -> RunView? { runs.first { $0.plan.id == id } }

  private static func line(_ entry: RunbookLibrary.Entry, _ runs: [RunView]) -> SafeText {
    guard case .success(let runbook) = entry.runbook else {
      return "\(SafeText(escaping: entry.file)): can not be read: opsconsole runbook check"
    }
    let id = SafeText(escaping: runbook.id)
    let ended = last(runbook.id, runs).map { "\($0.state.word) \(Calendar.stamp($0.plan.at))" as SafeText } ?? "never run here"
    return
      "\(Units.padded(id, 28)) \(Units.padded(SafeText(escaping: runbook.risk.rawValue), 7)) \(Units.padded(ended, 32)) \(runbook.title)"
  }

  private static func json(_ entry: RunbookLibrary.Entry, _ runs: [RunView]) -> JSONText {
    guard case .success(let runbook) = entry.runbook else {
      return .object([("file", .text(SafeText(escaping: entry.file))), ("id", .null), ("valid", .bool(false))])
    }
    let last = last(runbook.id, runs)
    let fields: [(StaticString, JSONText)] = [
      ("file", .text(SafeText(escaping: entry.file))), ("id", .text(SafeText(escaping: runbook.id))), ("valid", .bool(true)),
      ("title", .text(runbook.title)),
      ("description", .array(runbook.description.map { .text($0) })), ("owner", .text(runbook.owner)), ("version", .int(runbook.version)),
      ("hash", .text(SafeText(escaping: entry.hash))), ("class", .text(SafeText(escaping: runbook.kind.rawValue))),
      ("risk", .text(SafeText(escaping: runbook.risk.rawValue))), ("environments", .array(runbook.environments.map { .text($0.name) })),
      ("alerts", .array(runbook.alerts.map { .text(SafeText(escaping: $0.name, limit: 200)) })),
      ("params", .array(runbook.parameters.map(Self.json))), ("steps", .int(runbook.allSteps.count)),
      ("last_run", last.map { .text($0.folder.id.shown) } ?? .null), ("last_state", last.map { .text($0.state.word) } ?? .null),
    ]
    return .object(fields)
  }

  private static func json(_ parameter: Parameter) -> JSONText {
    .object([
      ("name", .text(SafeText(escaping: parameter.name))), ("type", .text(SafeText(escaping: parameter.kind.rawValue))),
      ("required", .bool(parameter.isRequired)), ("default", parameter.fallback.map(\.json) ?? .null),
      ("sensitive", .bool(parameter.isSensitive)), ("prompt", .optional(parameter.question)),
      ("values", .array(parameter.choices.map { .text(SafeText(escaping: $0, limit: 200)) })),
      ("source", .optional(parameter.source.map { SafeText(escaping: $0, limit: 100) })),
    ])
  }
}
