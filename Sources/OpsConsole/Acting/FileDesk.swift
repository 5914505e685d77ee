import Console
import Gate
import Glibc
import OpsModel

/// Reads the files of the state folder for the console: the audit log, quarantine files.
struct FileDesk: Sendable {
  /// Quarantine files that are offered, newest first.
  static let limit = 200

  let paths: FilePaths
  /// Files of another environment are not offered.
  let owner: DataOwner
  let mailbox: Mailbox
  let clock: any OpsClock

  func readAudit() {
    Task.detached { mailbox.post(.audit(audit())) }
  }

  private func audit() -> AuditView {
    let path = SafeText(escaping: paths.auditFile)
    let now = clock.now()
    guard FilePaths.exists(paths.auditFile) else {
      let problem = errno == ENOENT ? AuditProbe.problem(paths.auditFile)?.short : AuditFailure.reason(errno)
      return AuditView(path: path, at: now, problem: problem.map { "cannot read the audit log: \($0) (\(path))" })
    }
    guard let verdict = AuditReader.verify(paths.auditFile), let lines = AuditReader.tail(paths.auditFile, count: AuditView.limit) else {
      return AuditView(path: path, at: now, problem: "cannot read the audit log: \(AuditFailure.reason(errno)) (\(path))")
    }
    let open = AuditStanding.all(verdict.open, paths).filter { !$0.isSettled }.map(\.sentence)
    return AuditView(
      path: path, at: now, rows: lines.reversed().map(AuditText.row), count: verdict.records, brokenAt: verdict.brokenAt, open: open)
  }

  func list(_ source: SafeText) {
    Task.detached {
      let names = FolderList.names(in: paths.quarantineFolder).filter { $0.hasSuffix(".jsonl") }
      let read = names.map { (name: $0, file: QuarantineFile.summary("\(paths.quarantineFolder)/\($0)")) }
      let found = read.compactMap(\.file).filter { $0.source == source && ($0.owner ?? owner) == owner }
      // Whose it is it does not tell any more: it is named for every source, and hides no other.
      let damaged = read.filter { $0.file == nil }.map(\.name)
      if let first = damaged.first {
        let words: SafeText = "\(Units.count(damaged.count, "quarantine file")) cannot be read: \(SafeText(escaping: first, limit: 100))"
        mailbox.post(.message(Notice(.warning, words)))
      }
      let summaries = found.sorted { $0.at > $1.at }.prefix(Self.limit).map { (file) -> QuarantineSummary in
        QuarantineSummary(path: file.path, source: file.source, at: file.at, operation: file.operation, size: file.size)
      }
      mailbox.post(.quarantine(source, Array(summaries)))
    }
  }
}
