import Gate
import OpsModel
import Runbooks

/// What the audit log knows of a run. Each change is in its journal before it is in the audit log: a journal that knows less has lost records.
struct AuditMemory {
  /// Steps that changed something, or were about to, as they are shown.
  private let begun: [SafeText]

  /// - Parameter audit: the file; one that cannot be read knows nothing.
  init(of run: RunID, audit: String) {
    var known: Set<SafeText> = []
    var begun: [SafeText] = []
    _ = AuditReader.lines(of: audit) { line in
      guard line.raw("run") == run.text, line.raw("phase") == "intent", let step = line.field("step"), !step.isEmpty else { return true }
      if known.insert(step).inserted { begun.append(step) }
      return true
    }
    self.begun = begun
  }

  /// Something of it was begun.
  var hasBegun: Bool { !begun.isEmpty }

  /// Why a run with this history cannot go on; nil where it has everything.
  func loss(_ history: RunHistory) -> SafeText? {
    let known = Set(history.order.map { SafeText(escaping: $0, limit: 300) })
    let missing = begun.filter { !known.contains($0) }
    guard !missing.isEmpty else { return nil }
    let names = SafeText.join(missing.prefix(3).map { $0.prefix(100) }, ", ") + (missing.count > 3 ? ", …" : "")
    return
      "its journal has lost records: the audit log knows that \(names) began, and the journal does not. It can only be read; "
      + "see what happened (opsconsole audit show), and plan what is left by hand"
  }
}

extension RunFolder {
  /// Runs that were written down, the newest first: also one whose journal was taken away after it had begun.
  static func known(in runs: String) -> some Sequence<RunFolder> {
    folders(in: runs).lazy.filter { $0.isRun || AuditMemory(of: $0.id, audit: $0.audit).hasBegun }
  }

  /// The audit log of the account whose run it is: it stands beside the folder of all runs.
  var audit: String { FilePaths.auditFile(in: String(runs.dropLast("/runs".count))) }
}
