import Gate
import Glibc
import OpsModel

/// A process of this machine as an action names it: pid and start time, since pids come again.
struct LocalProcess: Equatable {
  let pid: Int32
  /// Ticks since the system started.
  let started: Int64
  let account: UInt32
  /// Its pid in its own namespace.
  let inner: Int32
  /// Signals that it has handlers for.
  let caught: UInt64
  let program: String

  /// - Parameter key: `pid-started`, as `ProcessEntry` writes it.
  static func parse(_ key: [UInt8]) -> (pid: Int32, started: Int64)? {
    let parts = String(decoding: key, as: UTF8.self).split(separator: "-")
    guard parts.count == 2, let pid = Int32(parts[0]), let started = Int64(parts[1]), pid > 1 else { return nil }
    return (pid, started)
  }

  /// As it is now; nil where it is gone, or another has its pid.
  static func look(_ key: [UInt8]) -> LocalProcess? {
    guard let (pid, started) = parse(key) else { return nil }
    var root = ProcRoot()
    guard let found = root.with("/proc/\(pid)/stat", limit: 4096, { ProcStat($0) }), let stat = found, stat.started == started,
      stat.state != UInt8(ascii: "Z")
    else { return nil }
    var account: UInt32?
    var inner = pid
    var caught: UInt64?
    for line in (root.text("/proc/\(pid)/status", limit: 16_384) ?? "").split(separator: "\n") {
      let words = ProcFields.words(line)
      // The effective one.
      if words.first == "Uid:", words.count > 2 { account = UInt32(words[2]) }
      if words.first == "NSpid:", let last = words.last { inner = Int32(last) ?? pid }
      if words.first == "SigCgt:", words.count > 1 { caught = UInt64(words[1], radix: 16) }
    }
    guard let account, let caught else { return nil }
    let program = root.link("/proc/\(pid)/exe").flatMap { $0.split(separator: "/").last.map(String.init) } ?? ""
    return LocalProcess(pid: pid, started: started, account: account, inner: inner, caught: caught, program: program)
  }

  func handles(_ signal: Int32) -> Bool { caught & (1 << UInt64(signal - 1)) != 0 }

  /// Whether this account may ask things of it.
  var isOurs: Bool { geteuid() == 0 || geteuid() == account }

  var key: [UInt8] { Array("\(pid)-\(started)".utf8) }

  /// Sends a signal that it has a handler for, to it and to no other.
  /// - Throws: `Failure` where it is gone, or would die of it.
  func signal(_ number: Int32, _ permit: Permit) throws(Failure) {
    guard let now = Self.look(key), now.program == program else {
      throw .declined(.processChanged(Int(pid)))
    }
    guard now.handles(number) else {
      throw .declined(.wouldDie("process \(pid)", of: "signal \(number)"))
    }
    guard kill(pid, number) == 0 else {
      throw .permission(
        what: "a signal to process \(pid)",
        grant: "run as its account (\(account)) or as root: \(SafeText(escaping: String(cString: strerror(errno))))")
    }
  }
}
