import Glibc
import OpsModel
import Runbooks

/// What waits for other people's approval, for them to read: a run's own folder is its owner's alone. What a request says is its owner's
/// word; the hash of the plan is what an approval is bound to.
enum ApprovalRequests {
  struct Request: Sendable {
    let run: RunID
    let step: String
    let hash: String
    let owner: SafeText
    let told: [SafeText]

    var lines: [SafeText] {
      ["\(run.shown)  \(SafeText(escaping: step, limit: 100))  asked by \(owner)"] + told.map { "  \($0)" }
        + ["  plan \(SafeText(escaping: String(hash.prefix(16))))"]
    }

    var json: JSONText {
      .object([
        ("run", .text(run.shown)), ("step", .text(SafeText(escaping: step))), ("owner", .text(owner)),
        ("plan_hash", .text(SafeText(escaping: hash))),
        ("plan", .array(told.map { .text($0) })),
      ])
    }
  }

  /// One for each step that waits.
  static func path(_ run: RunID, _ step: String, _ folder: String) -> String {
    "\(folder)/\(run.text)-\(RunbookLibrary.hash(of: Array(step.utf8)).prefix(12)).request"
  }

  /// - Returns: false where it can not be written.
  static func write(_ run: RunID, _ step: String, _ plan: RunPlan, _ hiding: Hiding, _ folder: String) -> Bool {
    let lines = PlanText.lines(plan).prefix(400).map { JSONText.text(hiding.text($0)) }
    let fields: [(StaticString, JSONText)] = [
      ("step", .text(SafeText(escaping: step))), ("plan_hash", .text(SafeText(escaping: plan.hash))), ("plan", .array(Array(lines))),
    ]
    let path = path(run, step, folder)
    unlink(path)
    return FilePaths.write(Array((JSONText.object(fields).compact() + "\n").utf8), new: path) && chmod(path, 0o644) == 0
  }

  static func remove(_ run: RunID, _ folder: String) {
    for name in FolderList.names(in: folder) where name.hasPrefix(run.text) && name.hasSuffix(".request") { unlink("\(folder)/\(name)") }
  }

  static func all(_ folder: String) -> [Request] {
    FolderList.names(in: folder).filter { $0.hasSuffix(".request") }.sorted().prefix(200).compactMap { name in
      guard let run = RunID(String(name.prefix(26))) else { return nil }
      let file = open("\(folder)/\(name)", O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
      guard file >= 0 else { return nil }
      defer { close(file) }
      var facts = stat()
      guard fstat(file, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG,
        let bytes = FilePaths.bytes(open: file, limit: 1 << 20),
        let fields = JSONScan.object(bytes)
      else { return nil }
      func text(_ key: String) -> String { String(decoding: JSONScan.string(fields[key]) ?? [], as: UTF8.self) }
      let told = fields["plan"].flatMap { JSONScan.array($0) } ?? []
      let owner =
        getpwuid(facts.st_uid).map { SafeText(escaping: String(cString: $0.pointee.pw_name), limit: 64) } ?? "uid \(Int(facts.st_uid))"
      return Request(
        run: run, step: text("step"), hash: text("plan_hash"), owner: owner, told: told.map { SafeText(bytes: JSONScan.string($0) ?? []) })
    }
  }
}
