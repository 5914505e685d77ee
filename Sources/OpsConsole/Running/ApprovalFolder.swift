import Glibc
import OpsModel
import Runbooks

/// Approvals of other people: files in a folder in which everybody may write and nobody may touch another's. Whose a file is the kernel
/// says; what it says about itself counts for nothing.
struct ApprovalFolder: Sendable {
  static let usual = "/var/lib/opsconsole/approvals"

  let path: String
  let plan: RunPlan
  let now: @Sendable () -> Double
  /// Accounts that are behind this process as well: whoever takes a run up is no second person.
  var others: Set<Int> = []

  /// Why approvals can not be asked for here; nil where they can.
  static func problem(_ path: String, group: String) -> SafeText? {
    let shown = SafeText(escaping: path)
    var facts = stat()
    guard lstat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR else {
      return "\(shown) is not there: install -d -m 1777 \(shown)"
    }
    let isShared = facts.st_mode & 0o1777 == 0o1777
    guard facts.st_uid == 0, isShared || facts.st_mode & 0o022 == 0 else {
      return "\(shown) is not safe: it has to belong to root, with mode 1777"
    }
    guard getgrnam(group) != nil else { return "there is no group \(SafeText(escaping: group, limit: 60)) on this machine" }
    return nil
  }

  static func name(_ run: RunID, _ step: String, uid: uid_t) -> String {
    "\(run.text)-\(RunbookLibrary.hash(of: Array(step.utf8)).prefix(12))-\(uid).approval"
  }

  func approvers(_ run: RunID, _ step: String, _ wanted: StepAction.Approval) -> [Approver] {
    Self.approvals(path, run, step, plan.hash, ApprovalTerms(wanted, by: plan.by, others: others), now: now()).map { $0.approver }
  }

  func terms(_ wanted: StepAction.Approval) -> ApprovalTerms { ApprovalTerms(wanted, by: plan.by, others: others) }

  /// Seconds for which an approval holds.
  static let life = 3600.0

  /// Approvals that count, each account once, and until when (unix).
  static func approvals(
    _ path: String, _ run: RunID, _ step: String, _ hash: String, _ terms: ApprovalTerms, now: Double
  ) -> [(approver: Approver, until: Double)] {
    let prefix = "\(run.text)-\(RunbookLibrary.hash(of: Array(step.utf8)).prefix(12))-"
    var out: [(approver: Approver, until: Double)] = []
    for name in FolderList.names(in: path) where name.hasPrefix(prefix) && name.hasSuffix(".approval") {
      guard let (uid, bytes) = read("\(path)/\(name)"), terms.problem(uid) == nil, let account = getpwuid(uid) else { continue }
      let approver = Approver(name: SafeText(escaping: String(cString: account.pointee.pw_name), limit: 64), uid: Int(uid))
      guard !out.contains(where: { $0.approver == approver }), let fields = JSONScan.object(bytes) else { continue }
      func text(_ key: String) -> String { String(decoding: JSONScan.string(fields[key]) ?? [], as: UTF8.self) }
      guard text("plan_hash") == hash, text("step") == step, let until = JSONScan.number(fields["expires"]), until > now else { continue }
      out.append((approver, until))
    }
    return out
  }

  /// A file that nobody but its owner could have written, and whose it is.
  private static func read(_ file: String) -> (uid: uid_t, bytes: [UInt8])? {
    let opened = open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard opened >= 0 else { return nil }
    defer { close(opened) }
    var facts = stat()
    guard fstat(opened, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG, facts.st_nlink == 1, facts.st_size < 8192,
      facts.st_mode & 0o022 == 0
    else { return nil }
    // Of the file whose owner was looked at, and of no other that has its name by now.
    return FilePaths.bytes(open: opened, limit: 8192).map { (facts.st_uid, $0) }
  }
}
