import ArgumentParser
import Gate
import Glibc
import OpsModel
import Runbooks

/// `opsconsole runbook approve`
struct RunbookApproveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "approve", abstract: "List what waits for your approval, or approve it.",
    discussion:
      "Without a run it lists. The approval is a file of yours in a shared folder: the system itself says whose it is. "
      + "Exit codes: 0 it counts, 66 nothing of that name waits, 73 it cannot be written, 77 it does not count, and why.")

  @OptionGroup var options: SharedOptions
  @Argument(help: "The run; last is the newest that waits.") var name: String?
  @Option(name: .long, help: "The step, where more than one of the run waits.") var step: String?
  @Option(name: .long, help: ArgumentHelp("The hash of the plan, as it is listed: that plan and no other.", valueName: "hash")) var plan:
    String?
  @Option(name: .long, help: "table or json.") var format = OutputFormat.table

  func run() throws {
    let scene = try RunbookScene(options)
    let folder = scene.configuration?.runbooks.approvals.map { FilePaths.expand($0) } ?? ApprovalFolder.usual
    let all = ApprovalRequests.all(folder)
    guard let name else { return list(all.filter { $0.over == nil }) }
    let request = try request(name, all)
    let now = scene.clock.now().unix
    if let why = problem(request, folder, now, scene) {
      Output.error("not approved: \(why)")
      throw ExitCode(77)
    }
    let fields: [(StaticString, JSONText)] = [
      ("plan_hash", .text(SafeText(escaping: request.hash))), ("step", .text(SafeText(escaping: request.step))),
      ("expires", .number(now + ApprovalFolder.life)),
    ]
    let path = "\(folder)/\(ApprovalFolder.name(request.run, request.step, uid: getuid()))"
    unlink(path)
    guard FilePaths.write(Array((JSONText.object(fields).compact() + "\n").utf8), new: path), chmod(path, 0o644) == 0 else {
      Output.error("cannot write \(SafeText(escaping: path))")
      throw ExitCode(73)
    }
    try tell(request, folder, now)
  }

  /// - Throws: `ExitCode` 66 where nothing of that name waits, 64 where more than one step does, 77 where its run is over.
  private func request(_ name: String, _ all: [ApprovalRequests.Request]) throws -> ApprovalRequests.Request {
    let fitting = all.filter { step == nil || $0.step == step }
    // The newest that waits, as `last` is the newest run elsewhere; where none waits, the newest that did.
    let last = (fitting.filter { $0.over == nil }.map(\.run).max() ?? fitting.map(\.run).max())?.text
    let named = fitting.filter { name == "last" ? $0.run.text == last : $0.run.text.hasPrefix(name.uppercased()) }
    let found = named.filter { $0.over == nil }
    guard found.count < 2 else {
      list(found)
      Output.error("more than one step waits: name one with --step")
      throw ExitCode(64)
    }
    if let request = found.first { return request }
    if let request = named.last, let over = request.over {
      let again: SafeText = over == "paused" ? "; it asks again when somebody resumes it" : ""
      Output.error("not approved: run \(request.run.shown) is \(over), and waits for nobody\(again)")
      throw ExitCode(77)
    }
    guard name != "last" else {
      Output.error("no run waits for an approval")
      throw ExitCode(66)
    }
    Output.error(
      "no run that waits for an approval is called \(SafeText(escaping: name, limit: 40)): opsconsole runbook approve lists them")
    throw ExitCode(66)
  }

  /// Why an approval would not count; nil where it would.
  private func problem(_ request: ApprovalRequests.Request, _ folder: String, _ now: Double, _ scene: RunbookScene) -> SafeText? {
    let hash = SafeText(escaping: String(request.hash.prefix(16)))
    guard let plan, plan.count >= 12, request.hash.hasPrefix(plan) else {
      for line in request.lines { Output.line(line) }
      let which: SafeText = plan == nil ? "read this plan first" : "this run waits with another plan than the one you name"
      return "\(which); to approve exactly this one: --plan \(hash)"
    }
    if getuid() == 0 { return "identity not attested: root is nobody in particular; approve it from your own account" }
    guard let terms = request.terms else { return "the request does not say whose approval counts: another version of opsconsole asks" }
    if let why = terms.problem(getuid()) { return "\(why), so it would not count" }
    // The file would be of this account, and would count. Whoever came here by sudo is still the person of before.
    let behind = [scene.maker.actor.loginUID, scene.maker.actor.sudoUID].compactMap { $0 }
    if let before = behind.first(where: { terms.barred.contains($0) }) {
      return "you came here from \(Self.account(before)), which began or resumed the run: another person must approve it"
    }
    let known = ApprovalFolder.approvals(folder, request.run, request.step, request.hash, terms, now: now)
    guard let own = known.first(where: { $0.approver.uid == Int(getuid()) }) else { return nil }
    return
      "you approved it already, and count once for \(Units.age(own.until - now)) more; \(Self.standing(known.count, terms.least))"
  }

  private static func account(_ uid: Int) -> SafeText {
    getpwuid(uid_t(truncatingIfNeeded: uid)).map { SafeText(escaping: String(cString: $0.pointee.pw_name), limit: 64) } ?? "account \(uid)"
  }

  private static func standing(_ count: Int, _ least: Int) -> SafeText {
    let left = least - count
    guard left > 0 else { return "\(count) of \(least)" }
    return "\(count) of \(least), \(left == 1 ? "1 more person" : "\(left) more people") must approve"
  }

  /// What the runner will make of it.
  private func tell(_ request: ApprovalRequests.Request, _ folder: String, _ now: Double) throws {
    guard let terms = request.terms else { return }
    let known = ApprovalFolder.approvals(folder, request.run, request.step, request.hash, terms, now: now)
    guard known.contains(where: { $0.approver.uid == Int(getuid()) }) else {
      Output.error("it was written and does not count: \(SafeText(escaping: folder)) is not as it must be")
      throw ExitCode(77)
    }
    let rests: SafeText = request.isAlive ? "" : "; its runner has ended: it counts where somebody resumes the run within the hour"
    Output.line(
      "approved: \(SafeText(escaping: request.step)) of \(request.run.shown): \(Self.standing(known.count, terms.least))\(rests)")
  }

  private func list(_ waiting: [ApprovalRequests.Request]) {
    switch format {
    case .json: Output.json(.object([("schema", .int(1)), ("requests", .array(waiting.map(\.json)))]))
    case .table: for one in waiting { for line in one.lines { Output.line(line) } }
    }
  }
}
