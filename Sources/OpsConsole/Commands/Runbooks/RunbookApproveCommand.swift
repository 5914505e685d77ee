import ArgumentParser
import Glibc
import OpsModel
import Runbooks

/// `opsconsole runbook approve`
struct RunbookApproveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "approve", abstract: "List what waits for your approval, or approve it.",
    discussion: "Without a run it lists. The approval is a file of yours in a shared folder: the system itself says whose it is.")

  /// Seconds for which an approval holds.
  private static let life = 3600.0

  @OptionGroup var options: SharedOptions
  @Argument(help: "The run.") var name: String?
  @Option(name: .long, help: "The step, where more than one of the run waits.") var step: String?
  @Option(name: .long, help: ArgumentHelp("The hash of the plan, as it is listed: that plan and no other.", valueName: "hash")) var plan:
    String?
  @Option(name: .long, help: "table or json.") var format = OutputFormat.table

  func run() throws {
    let scene = try RunbookScene(options)
    let folder = scene.configuration?.runbooks.approvals.map { FilePaths.expand($0) } ?? ApprovalFolder.usual
    let waiting = ApprovalRequests.all(folder)
    guard let name else { return list(waiting) }
    let found = waiting.filter { $0.run.text.hasPrefix(name.uppercased()) && (step == nil || $0.step == step) }
    guard found.count < 2 else {
      list(found)
      Output.error("more than one step waits: name one with --step")
      throw ExitCode(64)
    }
    guard let request = found.first else {
      Output.error("no run that waits for an approval is called \(SafeText(escaping: name, limit: 40))")
      throw ExitCode(66)
    }
    guard let plan, plan.count >= 12, request.hash.hasPrefix(plan) else {
      for line in request.lines { Output.line(line) }
      Output.error("nothing was approved; to approve exactly this: --plan \(SafeText(escaping: String(request.hash.prefix(16))))")
      throw ExitCode(77)
    }
    guard getuid() != 0 else {
      Output.error("identity not attested: root is nobody in particular; approve it from your own account")
      throw ExitCode(77)
    }
    let fields: [(StaticString, JSONText)] = [
      ("plan_hash", .text(SafeText(escaping: request.hash))), ("step", .text(SafeText(escaping: request.step))),
      ("expires", .number(scene.clock.now().unix + Self.life)),
    ]
    let path = "\(folder)/\(ApprovalFolder.name(request.run, request.step, uid: getuid()))"
    unlink(path)
    guard FilePaths.write(Array((JSONText.object(fields).compact() + "\n").utf8), new: path), chmod(path, 0o644) == 0 else {
      Output.error("\(SafeText(escaping: path)) can not be written")
      throw ExitCode(73)
    }
    Output.line("approved: \(SafeText(escaping: request.step)) of \(request.run.shown)")
  }

  private func list(_ waiting: [ApprovalRequests.Request]) {
    switch format {
    case .json: Output.json(.object([("schema", .int(1)), ("requests", .array(waiting.map(\.json)))]))
    case .table: for one in waiting { for line in one.lines { Output.line(line) } }
    }
  }
}
