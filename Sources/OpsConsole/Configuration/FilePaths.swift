import Glibc
import OpsModel

/// Where files of the console live (XDG base directories), and plain reading and writing of them.
struct FilePaths: Sendable {
  let configuration: String
  let state: String
  /// Why there is no state folder; nil where there is one.
  let stateProblem: SafeText?

  init(environment: [String: String], account: AccountHome = AccountHome()) {
    let state = account.base(environment["XDG_STATE_HOME"], environment["HOME"], ".local/state")
    configuration = (account.readable(environment["XDG_CONFIG_HOME"], environment["HOME"], ".config") ?? Self.nowhere) + "/opsconsole"
    self.state = (state ?? Self.nowhere) + "/opsconsole"
    stateProblem = state == nil ? account.problem : nil
  }

  /// Nothing can be made or found below a file, whoever asks for it.
  private static let nowhere = "/dev/null/no-home-folder"

  var configurationFile: String { configuration + "/config.yaml" }
  var keymapFile: String { configuration + "/keys.yaml" }
  var logFile: String { state + "/log" }
  var auditFile: String { Self.auditFile(in: state) }
  static func auditFile(in state: String) -> String { state + "/audit.jsonl" }
  var tapeFolder: String { state + "/tapes" }
  /// What versions before 0.7 recorded, of all environments.
  var formerTape: String { state + "/tape.sqlite" }
  /// What is kept quiet in one environment says nothing about a source of that name in another.
  func quietFile(of owner: DataOwner) -> String { "\(state)/quiet-\(owner.fileName).json" }
  var quarantineFolder: String { state + "/quarantine" }
  var exportFolder: String { state + "/exports" }
  var runFolder: String { state + "/runs" }
  var runLockFolder: String { state + "/locks" }
  var planFolder: String { state + "/plans" }

  /// Themes of the operator first, then those installed beside the binary, then those of a checkout it was built in.
  var themeFolders: [String] {
    shipped("themes")
  }

  /// The same for runbooks.
  var runbookFolders: [String] { shipped("runbooks") }

  private func shipped(_ name: String) -> [String] {
    var folders = [configuration + "/" + name]
    if let binary = ProcessArguments.executable {
      let folder = binary.split(separator: "/").dropLast().joined(separator: "/")
      folders += ["/\(folder)/../share/opsconsole/\(name)", "/\(folder)/../../../\(name)"]
    }
    return folders
  }

  static func expand(_ path: String) -> String {
    guard path.hasPrefix("~/"), let home = AccountHome().named(getenv("HOME").map { String(cString: $0) }) else { return path }
    return home + path.dropFirst()
  }

  /// From the root, wherever this process stands.
  static func absolute(_ path: String) -> String {
    guard !path.hasPrefix("/") else { return path }
    var buffer = [CChar](repeating: 0, count: 4096)
    guard getcwd(&buffer, buffer.count) != nil else { return path }
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) + "/" + path
  }

  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Permission bits; nil where there is no such file.
  static func mode(of path: String) -> UInt32? {
    var facts = stat()
    return stat(path, &facts) == 0 ? facts.st_mode & 0o7777 : nil
  }

  /// Bytes of a file; nil where there is none.
  static func size(of path: String) -> Int? {
    var facts = stat()
    return stat(path, &facts) == 0 ? Int(facts.st_size) : nil
  }

  /// When a file was last changed, in nanoseconds; nil where there is none.
  static func changed(_ path: String) -> Int? {
    var facts = stat()
    guard stat(path, &facts) == 0 else { return nil }
    return facts.st_mtim.tv_sec * 1_000_000_000 + facts.st_mtim.tv_nsec
  }

  /// Nil where the file can not be read or is larger than `limit` bytes.
  static func read(_ path: String, limit: Int) -> String? {
    bytes(of: path, limit: limit).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The same as it lies there, for files of many megabytes. A pipe has no size; a file's is asked for once, so that it is not copied about.
  static func bytes(of path: String, limit: Int) -> [UInt8]? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { Glibc.close(file) }
    return bytes(open: file, limit: limit)
  }

  static func bytes(open file: Int32, limit: Int) -> [UInt8]? {
    var bytes: [UInt8] = []
    var facts = stat()
    if fstat(file, &facts) == 0, facts.st_size > 0, facts.st_size <= limit { bytes.reserveCapacity(Int(facts.st_size) + 1) }
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = Glibc.read(file, &buffer, buffer.count)
      if count < 0 { return nil }
      if count == 0 { return bytes }
      bytes += buffer[..<count]
      if bytes.count > limit { return nil }
    }
  }
}
