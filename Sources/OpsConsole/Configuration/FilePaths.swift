import Glibc
import OpsModel

/// Where files of the console live (XDG base directories), and plain reading and writing of them.
struct FilePaths: Sendable {
  let configuration: String
  let state: String

  init(environment: [String: String]) {
    let home = environment["HOME"] ?? "/"
    func base(_ name: String, _ fallback: String) -> String {
      let value = environment[name] ?? ""
      return (value.hasPrefix("/") ? value : home + "/" + fallback) + "/opsconsole"
    }
    configuration = base("XDG_CONFIG_HOME", ".config")
    state = base("XDG_STATE_HOME", ".local/state")
  }

  var configurationFile: String { configuration + "/config.yaml" }
  var keymapFile: String { configuration + "/keys.yaml" }
  var logFile: String { state + "/log" }
  var auditFile: String { state + "/audit.jsonl" }
  var tapeFile: String { state + "/tape.sqlite" }
  var quietFile: String { state + "/quiet.json" }
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
    if let binary = Self.executable {
      let folder = binary.split(separator: "/").dropLast().joined(separator: "/")
      folders += ["/\(folder)/../share/opsconsole/\(name)", "/\(folder)/../../../\(name)"]
    }
    return folders
  }

  static var executable: String? {
    var buffer = [CChar](repeating: 0, count: 4096)
    let length = readlink("/proc/self/exe", &buffer, buffer.count - 1)
    return length > 0 ? String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
  }

  static func expand(_ path: String) -> String {
    guard path.hasPrefix("~/"), let home = getenv("HOME") else { return path }
    return String(cString: home) + path.dropFirst()
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

  /// Makes a folder and what is above it, for the owner alone.
  static func makeFolder(_ path: String) -> Bool {
    var made = ""
    for part in path.split(separator: "/") {
      made += "/" + part
      if !exists(made) && mkdir(made, 0o700) != 0 && errno != EEXIST { return false }
    }
    return true
  }

  /// Writes a file for the owner alone so that it is there whole or not at all, also after a power loss.
  static func write(_ text: String, whole path: String) -> Bool {
    let part = "\(path).\(getpid()).part"
    unlink(part)
    guard write(text, new: part), rename(part, path) == 0 else { return false }
    let folder = open("/" + path.split(separator: "/").dropLast().joined(separator: "/"), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { return false }
    defer { Glibc.close(folder) }
    return fsync(folder) == 0
  }

  /// Writes a new file for the owner alone. Refuses to write where one stands already.
  static func write(_ text: String, new path: String) -> Bool { write(Array(text.utf8), new: path) }

  static func write(_ bytes: [UInt8], new path: String) -> Bool {
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard file >= 0 else { return false }
    defer { Glibc.close(file) }
    var offset = 0
    while offset < bytes.count {
      let count = bytes[offset...].withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if count <= 0 { return false }
      offset += count
    }
    return fsync(file) == 0
  }
}
