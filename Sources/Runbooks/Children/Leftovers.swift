import Glibc
public import OpsModel

/// Processes that a program left behind: in its group, or anywhere with the marks of its step in their environment.
public enum Leftovers {
  /// Processes of this user that carry all of the marks, but for those given. A mark is `NAME=value`, or `NAME=folder/` for what is in it.
  public static func marked(_ marks: [String], but known: Set<Int32> = []) -> [(pid: Int32, words: SafeText)] {
    guard !marks.isEmpty, let folder = opendir("/proc") else { return [] }
    defer { closedir(folder) }
    var out: [(Int32, SafeText)] = []
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      guard let pid = Int32(name), pid != getpid(), !known.contains(pid), owner(of: "/proc/\(name)") == getuid() else { continue }
      let environment = Set(words("/proc/\(name)/environ"))
      let carries = { (mark: String) in mark.hasSuffix("/") ? environment.contains { $0.hasPrefix(mark) } : environment.contains(mark) }
      guard marks.allSatisfy(carries) else { continue }
      let command = SafeText(escaping: words("/proc/\(name)/cmdline").joined(separator: " "), limit: 80)
      out.append((pid, "\(Int(pid)) \(command)"))
    }
    return out
  }

  /// Ends what carries the marks, and tells what it was.
  public static func clear(_ marks: [String]) -> [SafeText] {
    let found = marked(marks)
    for one in found { kill(one.pid, SIGTERM) }
    for _ in 0..<20 where !marked(marks).isEmpty { usleep(100_000) }
    for one in marked(marks) { kill(one.pid, SIGKILL) }
    return found.map(\.words)
  }

  /// Ends them: TERM, and KILL after two seconds.
  static func end(_ marks: [String], group: Int32) -> [SafeText] {
    var found = marked(marks)
    let isGroupAlive = kill(-group, 0) == 0
    guard isGroupAlive || !found.isEmpty else { return [] }
    let told = found.isEmpty ? ["the rest of process group \(Int(group))" as SafeText] : found.map(\.words)
    kill(-group, SIGTERM)
    for one in found { kill(one.pid, SIGTERM) }
    for _ in 0..<20 {
      usleep(100_000)
      found = marked(marks)
      if kill(-group, 0) != 0, found.isEmpty { return told }
    }
    kill(-group, SIGKILL)
    for one in found { kill(one.pid, SIGKILL) }
    return told
  }

  private static func owner(of path: String) -> uid_t? {
    var facts = stat()
    return stat(path, &facts) == 0 ? facts.st_uid : nil
  }

  /// Texts that end with NUL.
  private static func words(_ path: String) -> [String] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return [] }
    defer { close(file) }
    var out: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16_384)
    while out.count < 262_144 {
      let count = read(file, &buffer, buffer.count)
      if count <= 0 { break }
      out += buffer[..<count]
    }
    return out.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
  }
}
