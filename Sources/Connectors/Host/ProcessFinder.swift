import Glibc
import OpsModel

/// Finds out what a process is and where it belongs: read once, and again now and then, since a process may become another program.
struct ProcessFinder {
  private var programs: [String: Bool] = [:]

  /// Nil for what is no runtime.
  mutating func kind(of pid: Int32, name: [UInt8], _ root: inout ProcRoot) -> ProcessKind? {
    let path = root.link("/proc/\(pid)/exe").map { $0.hasSuffix(" (deleted)") ? String($0.dropLast(10)) : $0 }
    let arguments = arguments(of: pid, &root)
    // Kernel threads have neither.
    if path == nil && arguments.isEmpty { return nil }
    let comm = String(decoding: name, as: UTF8.self)
    let program = Self.last(path ?? arguments.first ?? comm)
    if let kind = ProcessKind.of(program: program, arguments: arguments) { return kind }
    guard let path, isGo(path, pid, root) else { return nil }
    return ProcessKind(language: .go, name: SafeText(escaping: program, limit: 60))
  }

  private static func last(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

  /// By path: what a program was made with does not change.
  private mutating func isGo(_ path: String, _ pid: Int32, _ root: ProcRoot) -> Bool {
    if let known = programs[path] { return known }
    guard let found = GoBinary.check(root.prefix + "/proc/\(pid)/exe") else { return false }
    if programs.count > 5_000 { programs = [:] }
    programs[path] = found
    return found
  }

  /// The first of them; the rest may be long and is not needed.
  private func arguments(of pid: Int32, _ root: inout ProcRoot) -> [String] {
    let text = root.read("/proc/\(pid)/cmdline", limit: 16_384) ?? []
    return text.split(separator: 0, omittingEmptySubsequences: false).prefix(64).map { String(decoding: $0, as: UTF8.self) }.dropLastEmpty()
  }

  /// What does not change with every poll.
  func complete(_ entry: inout ProcessEntry, _ root: inout ProcRoot, at now: Double) {
    entry.readAt = now
    let status = root.text("/proc/\(entry.pid)/status", limit: 8_192) ?? ""
    for line in status.split(separator: "\n") {
      let words = ProcFields.words(line)
      if words.first == "Uid:", words.count > 1 { entry.account = UInt32(words[1]) ?? 0 }
      if words.first == "NSpid:", let last = words.last { entry.inner = Int32(last) ?? entry.pid }
    }
    entry.network = root.link("/proc/\(entry.pid)/ns/net")
    entry.group = Self.group(root.text("/proc/\(entry.pid)/cgroup", limit: 8_192) ?? "")
    let limits = root.text("/proc/\(entry.pid)/limits", limit: 8_192) ?? ""
    let files = limits.split(separator: "\n").first { $0.hasPrefix("Max open files") }
    entry.fileLimit = files.flatMap { ProcFields.words($0).dropFirst(3).first }.flatMap { Double($0) }
  }

  /// `0::/path` is version 2, `4:cpu,cpuacct:/path` version 1 (cgroups(7)).
  static func group(_ text: String) -> ProcessEntry.GroupPlace? {
    var place = ProcessEntry.GroupPlace()
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      let path = String(parts[2])
      if parts[0] == "0" && parts[1].isEmpty { place.unified = path }
      let controllers = parts[1].split(separator: ",")
      if controllers.contains("cpu") { place.cpu = path }
      if controllers.contains("memory") { place.memory = path }
    }
    return place == ProcessEntry.GroupPlace() ? nil : place
  }
}

extension Array where Element == String {
  fileprivate func dropLastEmpty() -> [String] {
    var out = self
    while out.last?.isEmpty ?? false { out.removeLast() }
    return out
  }
}
