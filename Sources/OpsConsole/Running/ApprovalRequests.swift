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
    let terms: ApprovalTerms?
    /// How its run ended; nil while it waits.
    let over: SafeText?
    /// The process that waits.
    let pid: pid_t

    var isAlive: Bool { pid <= 0 || kill(pid, 0) == 0 || errno != ESRCH }

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
  static func write(
    _ run: RunID, _ step: String, _ plan: RunPlan, _ terms: ApprovalTerms, _ hiding: Hiding, _ folder: String
  ) -> Bool {
    forget(folder)
    let lines = PlanText.lines(plan).prefix(400).map { JSONText.text(hiding.text($0)) }
    let fields: [(StaticString, JSONText)] = [
      ("step", .text(SafeText(escaping: step))), ("plan_hash", .text(SafeText(escaping: plan.hash))), ("plan", .array(Array(lines))),
      ("pid", .int(Int(getpid()))),
    ]
    return put(fields + terms.fields, path(run, step, folder))
  }

  private static func put(_ fields: [(StaticString, JSONText)], _ path: String) -> Bool {
    unlink(path)
    return FilePaths.write(Array((JSONText.object(fields).compact() + "\n").utf8), new: path) && chmod(path, 0o644) == 0
  }

  /// Marks what waited for approval in a run, or in one step of it, as over. A late approver then gets the reason.
  static func close(_ run: RunID, _ folder: String, _ state: SafeText, only step: String? = nil) {
    for name in FolderList.names(in: folder) where name.hasPrefix(run.text) && name.hasSuffix(".request") {
      guard let request = request("\(folder)/\(name)", run), step == nil || request.step == step else { continue }
      let fields: [(StaticString, JSONText)] = [
        ("step", .text(SafeText(escaping: request.step))), ("plan_hash", .text(SafeText(escaping: request.hash))), ("over", .text(state)),
      ]
      _ = put(fields, "\(folder)/\(name)")
    }
  }

  /// Seconds for which a request is kept after its run.
  private static let memory = 86_400

  /// Removes this account's own requests of runs that ended a day ago. Nobody else can.
  private static func forget(_ folder: String) {
    for name in FolderList.names(in: folder) where name.hasSuffix(".request") {
      let path = "\(folder)/\(name)"
      let isOld = (FilePaths.changed(path) ?? .max) / 1_000_000_000 < time(nil) - memory
      if isOld, RunID(String(name.prefix(26))).flatMap({ request(path, $0) })?.over != nil { unlink(path) }
    }
  }

  /// Those that wait first; of a run that is over the request says so.
  static func all(_ folder: String) -> [Request] {
    FolderList.names(in: folder).filter { $0.hasSuffix(".request") }.sorted().suffix(200).compactMap { name in
      RunID(String(name.prefix(26))).flatMap { request("\(folder)/\(name)", $0) }
    }
  }

  private static func request(_ path: String, _ run: RunID) -> Request? {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard file >= 0 else { return nil }
    defer { Glibc.close(file) }
    var facts = stat()
    guard fstat(file, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG, let bytes = FilePaths.bytes(open: file, limit: 1 << 20),
      let fields = JSONScan.object(bytes)
    else { return nil }
    func text(_ key: String) -> String { String(decoding: JSONScan.string(fields[key]) ?? [], as: UTF8.self) }
    let told = fields["plan"].flatMap { JSONScan.array($0) } ?? []
    let owner =
      getpwuid(facts.st_uid).map { SafeText(escaping: String(cString: $0.pointee.pw_name), limit: 64) } ?? "uid \(Int(facts.st_uid))"
    return Request(
      run: run, step: text("step"), hash: text("plan_hash"), owner: owner, told: told.map { SafeText(bytes: JSONScan.string($0) ?? []) },
      terms: ApprovalTerms(fields), over: text("over").isEmpty ? nil : SafeText(escaping: text("over"), limit: 40),
      pid: JSONScan.number(fields["pid"]).flatMap { pid_t(exactly: $0) } ?? 0)
  }
}
