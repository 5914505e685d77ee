import Gate
import Glibc
import OpsModel

/// Opens the inspector of one Node process of this machine, asks, and closes it again.
struct NodeInspector {
  /// Where Node listens when it is asked by SIGUSR1.
  static let usualPort = 9229
  /// Seconds to wait for it to open.
  private static let patience = 8.0

  let process: LocalProcess
  let port: Int

  init(process: LocalProcess) {
    self.process = process
    var root = ProcRoot()
    port = Self.configuredPort(process.pid, &root) ?? Self.usualPort
  }

  /// `--inspect-port=9300`, as argument or in NODE_OPTIONS.
  private static func configuredPort(_ pid: Int32, _ root: inout ProcRoot) -> Int? {
    for word in words(pid, &root) where word.hasPrefix("--inspect-port=") || word.hasPrefix("--debug-port=") {
      return word.split(separator: "=").last?.split(separator: ":").last.flatMap { Int($0) }
    }
    return nil
  }

  private static func words(_ pid: Int32, _ root: inout ProcRoot) -> [String] {
    let arguments = (root.read("/proc/\(pid)/cmdline", limit: 16_384) ?? []).split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    let variables = (root.read("/proc/\(pid)/environ") ?? []).split(separator: 0)
    // Of its variables only this one is looked at.
    let options = variables.first { $0.starts(with: "NODE_OPTIONS=".utf8) }.map { String(decoding: $0.dropFirst(13), as: UTF8.self) } ?? ""
    return arguments + options.split(separator: " ").map(String.init)
  }

  /// Whether it was told not to listen to the signal.
  var isDisabled: Bool {
    var root = ProcRoot()
    return Self.words(process.pid, &root).contains("--disable-sigusr1")
  }

  /// Whether it has this machine's network; a container's own can not be reached from here.
  var isReachable: Bool {
    let root = ProcRoot()
    guard let own = root.link("/proc/self/ns/net"), let theirs = root.link("/proc/\(process.pid)/ns/net") else {
      return process.inner == process.pid
    }
    return own == theirs
  }

  enum Listening { case nobody, target, other }

  /// Who listens at its port now.
  func listening() -> Listening {
    // All that listens, however many these are: what is not seen here would be taken for closed.
    var root = ProcRoot(capacity: 1 << 20)
    let most = 1 << 20
    let rows =
      (root.with("/proc/net/tcp", limit: most) { ListenTable.rows($0) } ?? [])
      + (root.with("/proc/net/tcp6", limit: most) { ListenTable.rows($0) } ?? [])
    let inodes = Set(rows.filter { $0.address.hasSuffix(":\(port)") }.map(\.inode))
    if inodes.isEmpty { return .nobody }
    for file in root.numbers(in: "/proc/\(process.pid)/fd", limit: 100_000) {
      guard let link = root.link("/proc/\(process.pid)/fd/\(file)"), link.hasPrefix("socket:["),
        let inode = Int(link.dropFirst(8).dropLast())
      else { continue }
      if inodes.contains(inode) { return .target }
    }
    return .other
  }

  /// Opens it where it is not open yet. Node takes the signal on its main thread: a process inside native code opens it when that ends.
  /// - Returns: whether it was opened here, and so is to be closed; nil where it has not opened within eight seconds.
  func open(_ permit: Permit) async throws(Failure) -> Bool? {
    switch listening() {
    case .target: return false
    case .other: throw .declined(.portTaken(port))
    case .nobody: break
    }
    try process.signal(SIGUSR1, permit)
    return await opens(within: Self.patience) ? true : nil
  }

  private func opens(within seconds: Double) async -> Bool {
    var left = seconds
    while left > 0 {
      if listening() == .target { return true }
      // Usual are some milliseconds.
      let step = seconds - left < 0.5 ? 0.01 : 0.1
      try? await Task.sleep(for: .seconds(step))
      left -= step
    }
    return listening() == .target
  }

  /// Closes it when it opens after all, as long as this program runs and the process lives.
  func closeWhenItOpens() async {
    for _ in 0..<1800 {
      guard LocalProcess.look(process.key) != nil else { return }
      if listening() == .target, await close() { return }
      try? await Task.sleep(for: .seconds(1))
    }
  }

  /// The path of the debugger's WebSocket.
  func path() async throws(Failure) -> String {
    let question = "GET /json/list HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n\r\n"
    let answer = try await Exchange.ask(
      .tcp(host: "127.0.0.1", port: port), saying: Array(question.utf8), limits: .init(size: 1 << 20, total: 1)
    ) { Self.body($0) != nil }
    guard let body = Self.body(answer), let first = JSONScan.array(body)?.first, let fields = JSONScan.object(first) else {
      throw .garbage(SafeText(bytes: answer.prefix(60)))
    }
    guard let url = JSONScan.string(fields["webSocketDebuggerUrl"]).map({ String(decoding: $0, as: UTF8.self) }),
      let mark = url.range(of: "://")
    else {
      throw .declined(.debuggerConnected)
    }
    let rest = url[mark.upper...]
    guard let slash = rest.firstIndex(of: "/") else { throw .garbage(SafeText(escaping: url, limit: 60)) }
    return String(rest[slash...])
  }

  /// The body of an answer that has come in full, by its length: the connection stays open.
  private static func body(_ bytes: [UInt8]) -> [UInt8]? {
    guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
    let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).lowercased()
    let line = head.split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
    guard let length = line.flatMap({ Int($0.dropFirst(15).filter { $0 != " " }) }), length >= 0, bytes.count >= end.upperBound + length
    else { return nil }
    return Array(bytes[end.upperBound..<(end.upperBound + length)])
  }

  /// - Returns: whether nobody listens there any more.
  func close() async -> Bool {
    for _ in 0..<3 {
      if listening() != .target { return true }
      if let path = try? await path() {
        _ = try? await InspectorSocket.during(port, path) { session in
          try await session.send("Runtime.evaluate", InspectorSession.parameters(NodeScripts.close))
          // It blocks until this client has left; before that the command must have arrived.
          try await Task.sleep(for: .milliseconds(80))
        }
      }
      for _ in 0..<20 {
        if listening() != .target { return true }
        try? await Task.sleep(for: .milliseconds(25))
      }
    }
    return listening() != .target
  }
}
