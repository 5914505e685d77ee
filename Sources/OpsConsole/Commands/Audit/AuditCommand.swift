import ArgumentParser
import Gate
import Glibc
import OpsModel

/// `opsconsole audit …`
struct AuditCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: "Show, verify and export the audit log of this user on this host.",
    subcommands: [AuditShowCommand.self, AuditVerifyCommand.self, AuditExportCommand.self])

  static var path: String { FilePaths(environment: SharedOptions.variables).auditFile }
}

/// `opsconsole audit show`
struct AuditShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "show", abstract: "Show the last records.")

  @Option(name: .long, help: "How many.") var limit = 50
  @Option(name: .long, help: ArgumentHelp("Only this operation.", valueName: "op_id")) var operation: String?
  @Option(name: .long, help: ArgumentHelp("The file; the own audit log otherwise.", valueName: "file")) var file: String?
  @Option(name: .long, help: "table or json.") var format = OutputFormat.table

  func validate() throws {
    guard (1...100_000).contains(limit) else { throw ValidationError("--limit is a number from 1 to 100000") }
  }

  func run() throws {
    let path = file.map(FilePaths.expand) ?? AuditCommand.path
    guard FilePaths.exists(path) else {
      let problem = errno == ENOENT ? (file == nil ? AuditProbe.problem(path)?.short : nil) : AuditFailure.reason(errno)
      if let problem {
        Output.error("cannot read \(SafeText(escaping: path)): \(problem)")
        throw ExitCode(69)
      }
      if format == .json { Output.json(AuditText.json([])) }
      Output.error("no record yet: \(SafeText(escaping: path)) does not exist")
      return
    }
    guard let all = AuditReader.tail(path, count: operation == nil ? limit : 100_000) else {
      Output.error("\(SafeText(escaping: path)) can not be read")
      throw ExitCode(69)
    }
    let lines = all.filter { operation == nil || $0.field("op_id")?.text == operation }.suffix(limit)
    switch format {
    case .json: Output.json(AuditText.json(Array(lines)))
    case .table: for line in AuditText.lines(Array(lines)) { Output.line(line) }
    }
  }
}

/// `opsconsole audit verify`
struct AuditVerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Check that no record was changed, taken out or put in between.",
    discussion: "Exit codes: 0 intact, 1 broken, 2 unreadable, 3 intact but the anchor does not match.")

  @Option(name: .long, help: ArgumentHelp("The file; the own audit log otherwise.", valueName: "file")) var file: String?
  @Option(name: .long, help: ArgumentHelp("A file with lines 'seq=N hash=H', such as the system's log.", valueName: "file"))
  var anchor: String?
  @Option(name: .long, help: "table or json.") var format = OutputFormat.table

  func run() throws {
    let path = file.map(FilePaths.expand) ?? AuditCommand.path
    guard let verdict = AuditReader.verify(path) else {
      Output.error("\(SafeText(escaping: path)) can not be read")
      throw ExitCode(2)
    }
    let mismatch = try anchor.flatMap { try AuditText.mismatch(anchor: $0, audit: path) }
    let standings = AuditStanding.all(verdict.open, FilePaths(environment: SharedOptions.variables))
    switch format {
    case .json: Output.json(AuditText.json(verdict, mismatch, standings))
    case .table: for line in AuditText.lines(verdict, mismatch, standings) { Output.line(line) }
    }
    if verdict.brokenAt != nil { throw ExitCode(1) }
    if mismatch != nil { throw ExitCode(3) }
  }
}

/// `opsconsole audit export`
struct AuditExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "export", abstract: "Print records as a timeline, in Markdown or JSON.")

  @Option(name: .long, help: ArgumentHelp("Only this operation.", valueName: "op_id")) var operation: String?
  @Option(name: .long, help: ArgumentHelp("The file; the own audit log otherwise.", valueName: "file")) var file: String?
  @Option(name: .long, help: "md or json.") var format = ExportFormat.md

  enum ExportFormat: String, ExpressibleByArgument, CaseIterable { case md, json }

  func run() throws {
    let path = file.map(FilePaths.expand) ?? AuditCommand.path
    guard let all = AuditReader.tail(path, count: 1_000_000) else {
      Output.error("\(SafeText(escaping: path)) can not be read")
      throw ExitCode(69)
    }
    let lines = all.filter { operation == nil || $0.field("op_id")?.text == operation }
    switch format {
    case .json: Output.json(AuditText.json(lines))
    case .md: for line in AuditText.markdown(lines) { Output.line(line) }
    }
  }
}
