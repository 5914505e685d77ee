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
    let prefix = "\(run.text)-\(RunbookLibrary.hash(of: Array(step.utf8)).prefix(12))-"
    var out: [Approver] = []
    for name in FolderList.names(in: path) where name.hasPrefix(prefix) && name.hasSuffix(".approval") {
      guard let approver = approver("\(path)/\(name)", step, wanted), !out.contains(approver) else { continue }
      out.append(approver)
    }
    return out
  }

  private func approver(_ file: String, _ step: String, _ wanted: StepAction.Approval) -> Approver? {
    let opened = open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard opened >= 0 else { return nil }
    defer { close(opened) }
    var facts = stat()
    guard fstat(opened, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG, facts.st_nlink == 1, facts.st_size < 8192 else { return nil }
    // What others may write is nobody's word; root is nobody in particular.
    guard facts.st_mode & 0o022 == 0, facts.st_uid != 0 else { return nil }
    let uid = Int(facts.st_uid)
    if wanted.notInitiator, others.contains(uid) { return nil }
    if wanted.notInitiator, uid == plan.by.uid || uid == plan.by.loginUID || uid == plan.by.sudoUID { return nil }
    guard let account = getpwuid(facts.st_uid), Self.isMember(account, wanted.group) else { return nil }
    let name = SafeText(escaping: String(cString: account.pointee.pw_name), limit: 64)
    // Of the file whose owner was looked at, and of no other that has its name by now.
    guard let bytes = FilePaths.bytes(open: opened, limit: 8192), let fields = JSONScan.object(bytes) else { return nil }
    func text(_ key: String) -> String { String(decoding: JSONScan.string(fields[key]) ?? [], as: UTF8.self) }
    guard text("plan_hash") == plan.hash, text("step") == step, let expires = JSONScan.number(fields["expires"]), expires > now() else {
      return nil
    }
    return Approver(name: name, uid: uid)
  }

  private static func isMember(_ account: UnsafeMutablePointer<passwd>, _ group: String) -> Bool {
    guard let wanted = getgrnam(group)?.pointee.gr_gid else { return false }
    var count: Int32 = 256
    var groups = [gid_t](repeating: 0, count: Int(count))
    guard getgrouplist(account.pointee.pw_name, account.pointee.pw_gid, &groups, &count) >= 0 else { return false }
    return groups.prefix(Int(count)).contains(wanted)
  }
}
