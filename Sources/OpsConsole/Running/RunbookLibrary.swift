import Glibc
import OpsModel
import Runbooks
import StrictYAML

/// The runbooks that there are: files of a few folders. The first of an id counts.
struct RunbookLibrary: Sendable {
  struct Entry: Sendable {
    let file: String
    let bytes: [UInt8]
    let hash: String
    /// Read, or what is wrong with it.
    let runbook: Result<Runbook, FileProblems>

    var id: String? { if case .success(let runbook) = runbook { runbook.id } else { nil } }
    /// What is named beside it, such as a playbook.
    var folder: String { "/" + file.split(separator: "/").dropLast().joined(separator: "/") }
  }

  /// Files of one folder.
  private static let most = 500

  let entries: [Entry]

  init(_ folders: [String]) {
    var seen: Set<String> = []
    var entries: [Entry] = []
    for folder in folders {
      let names = FolderList.names(in: folder).filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }.sorted()
      for name in names.prefix(Self.most) {
        let path = "\(folder)/\(name)"
        let entry = (Self.isFile(path) ? Self.entry(path) : nil) ?? Self.unreadable(path)
        if let id = entry.id, !seen.insert(id).inserted { continue }
        entries.append(entry)
      }
    }
    self.entries = entries.sorted { ($0.id ?? "~\($0.file)") < ($1.id ?? "~\($1.file)") }
  }

  init(_ configuration: Configuration?, _ paths: FilePaths) {
    self.init((configuration?.runbooks.folders.map { FilePaths.expand($0) } ?? []) + paths.runbookFolders)
  }

  /// A pipe would be waited for, and a folder is no runbook.
  private static func isFile(_ path: String) -> Bool {
    var facts = stat()
    return stat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFREG
  }

  /// What stands in a folder of runbooks and cannot be read: named, so that nobody misses it.
  private static func unreadable(_ path: String) -> Entry {
    let file = FilePaths.absolute(path)
    let problem = FileProblem(file: file, mark: nil, message: "it is not a file, cannot be read, or is larger than 1 MiB")
    return Entry(file: file, bytes: [], hash: "", runbook: .failure(FileProblems(list: [problem])))
  }

  /// - Returns: nil where the file can not be read.
  static func entry(_ file: String) -> Entry? {
    guard let bytes = FilePaths.bytes(of: file, limit: 1 << 20) else { return nil }
    return entry(FilePaths.absolute(file), bytes)
  }

  static func entry(_ file: String, _ bytes: [UInt8]) -> Entry {
    let runbook: Result<Runbook, FileProblems>
    do throws(FileProblems) {
      runbook = .success(try RunbookReader.read(String(decoding: bytes, as: UTF8.self), file: file))
    } catch { runbook = .failure(error) }
    return Entry(file: file, bytes: bytes, hash: hash(of: bytes), runbook: runbook)
  }

  /// SHA-256 of the exact bytes, in hexadecimal: the identity of a runbook.
  static func hash(of bytes: [UInt8]) -> String { RunPlan.digest(of: bytes) }

  /// By its id, or by the path of its file.
  func find(_ name: String) -> Entry? {
    if let found = entries.first(where: { $0.id == name }) { return found }
    // One that can not be read says why, where it has the name of its file.
    if let broken = entries.first(where: { $0.id == nil && $0.file.hasSuffix("/\(name).yaml") }) { return broken }
    return name.contains("/") || name.hasSuffix(".yaml") ? Self.entry(name) : nil
  }
}
