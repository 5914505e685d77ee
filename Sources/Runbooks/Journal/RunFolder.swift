import Glibc
import OpsModel

/// Where one run is written down: `runbook.yaml` (the exact bytes it was made of), `plan.json`, `journal.jsonl`, `output.jsonl`. The
/// folder and all in it belong to the owner alone.
public struct RunFolder: Sendable {
  public let path: String
  public let id: RunID

  public init(_ id: RunID, in runs: String) {
    self.id = id
    path = "\(runs)/\(id.text)"
  }

  /// The folder of all runs.
  public var runs: String { String(path.dropLast(id.text.count + 1)) }
  public var runbook: String { path + "/runbook.yaml" }
  public var plan: String { path + "/plan.json" }
  public var frozen: String { path + "/frozen.txt" }
  public var journal: String { path + "/journal.jsonl" }
  public var output: String { path + "/output.jsonl" }
  /// Held by the runner as long as it lives.
  public var lock: String { path + "/lock" }
  public var socket: String { path + "/control.sock" }
  /// What a runner says that has nobody else to say it to.
  public var log: String { path + "/runner.log" }

  /// F1: folder, runbook and plan are on disk, and so are their names, before anything else happens.
  /// - Throws: `JournalFailure`; then there is no run.
  public func make(runbook bytes: [UInt8], plan document: [UInt8], frozen: [UInt8] = [], calls: any FileCalls = SystemFileCalls())
    throws(JournalFailure)
  {
    let code = calls.makeFolder(path)
    guard code == 0 else { throw .system(path: SafeText(escaping: path), call: "mkdir", code: code) }
    do throws(JournalFailure) { try fill(bytes, document, frozen, calls) } catch {
      remove()
      throw error
    }
  }

  private func fill(_ bytes: [UInt8], _ document: [UInt8], _ frozen: [UInt8], _ calls: any FileCalls) throws(JournalFailure) {
    CrashPoint.folder.pass()
    try DurableFile.make(runbook, bytes, calls: calls)
    try DurableFile.make(plan, document, calls: calls)
    try DurableFile.make(self.frozen, frozen, calls: calls)
    // Its name is on disk before anything is written into it: a run without one never was.
    try DurableFile.make(journal, [], calls: calls)
    try DurableFile.syncFolder(path, calls: calls)
    let parent = path.split(separator: "/").dropLast().joined(separator: "/")
    try DurableFile.syncFolder("/\(parent)", calls: calls)
    CrashPoint.folder.pass()
  }

  /// Whether a run was ever written down in it: the journal is its last file. What a crash left of a folder before that is no run.
  public var isRun: Bool { access(journal, F_OK) == 0 }

  /// Takes away a run that has not begun: nothing of it is left for others to read.
  public func remove() {
    for file in [journal, frozen, plan, runbook, output, lock, socket, log] { unlink(file) }
    rmdir(path)
  }

  /// Runs that were written down, the newest first.
  public static func all(in runs: String, limit: Int = 1000) -> [RunFolder] {
    Array(folders(in: runs).lazy.filter(\.isRun).prefix(limit))
  }

  /// All folders with the name of a run, the newest first: also those whose journal is not there.
  public static func folders(in runs: String) -> [RunFolder] {
    guard let folder = opendir(runs) else { return [] }
    defer { closedir(folder) }
    var found: [RunID] = []
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if let id = RunID(name) { found.append(id) }
    }
    return found.sorted(by: >).map { RunFolder($0, in: runs) }
  }
}
