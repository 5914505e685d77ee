import Glibc
import OpsModel

/// A lock among all accounts of one machine: a name that the kernel gives to one process at a time, and takes back when that ends. It needs
/// no folder, no rights and no setting up, and root takes part as everybody does.
///
/// It is an abstract address of a Unix socket, `@opsconsole/lock/<hash>`. Containers with a network of their own have their own.
final class MachineLock: Sendable {
  enum Taken {
    case ours(MachineLock)
    case held(SafeText)
  }

  /// Its other end wakes the thread that answers.
  private let stop: Int32
  private let ended: Int32

  private init(stop: Int32, ended: Int32) {
    self.stop = stop
    self.ended = ended
  }

  /// Waits until the name is free again.
  deinit {
    close(stop)
    var byte: UInt8 = 0
    _ = read(ended, &byte, 1)
    close(ended)
  }

  /// - Parameter words: who holds it, for whoever comes second.
  /// - Throws: `Failure.settings` where it cannot be taken, which is not the same as that somebody has it.
  static func take(_ name: String, words: String) throws(Failure) -> Taken {
    for _ in 0..<5 {
      let file = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
      guard file >= 0 else { throw refused("socket") }
      if withAddress(of: name, { Glibc.bind(file, $0, $1) }) == 0, listen(file, 16) == 0 { return .ours(try serve(file, words)) }
      let code = errno
      close(file)
      guard code == EADDRINUSE else {
        errno = code
        throw refused("bind")
      }
      if let holder = Self.holder(name) { return .held(holder) }
      // It ended in this moment.
      usleep(20_000)
    }
    return .held("another account of this machine")
  }

  private static func refused(_ call: SafeText) -> Failure {
    .settings("\(call): \(SafeText(escaping: String(cString: strerror(errno))))")
  }

  // MARK: The holder

  private static func serve(_ file: Int32, _ words: String) throws(Failure) -> MachineLock {
    guard let stop = PipeEnds(), let ended = PipeEnds() else {
      close(file)
      throw refused("pipe")
    }
    let bytes = Array(words.utf8)
    ThreadStart.detach {
      answer(file, stop.reading, bytes)
      for one in [file, stop.reading, ended.writing] { close(one) }
    }
    return MachineLock(stop: stop.writing, ended: ended.reading)
  }

  /// Tells whoever asks who holds it, until it is given back.
  private static func answer(_ file: Int32, _ wake: Int32, _ words: [UInt8]) {
    while true {
      var both = [pollfd(fd: file, events: Int16(POLLIN), revents: 0), pollfd(fd: wake, events: Int16(POLLIN), revents: 0)]
      if poll(&both, 2, -1) < 0, errno != EINTR { return }
      if both[1].revents != 0 { return }
      guard both[0].revents != 0 else { continue }
      let client = accept(file, nil, nil)
      guard client >= 0 else { continue }
      _ = words.withUnsafeBytes { send(client, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)) }
      close(client)
    }
  }

  // MARK: Whoever comes second

  /// Who holds it: what it says itself, and the account that the kernel tells. Nil where nobody does any more.
  private static func holder(_ name: String) -> SafeText? {
    let file = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard file >= 0 else { return "another account of this machine" }
    defer { close(file) }
    var patience = timeval(tv_sec: 1, tv_usec: 0)
    setsockopt(file, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(file, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    guard withAddress(of: name, { connect(file, $0, $1) }) == 0 else {
      return errno == ECONNREFUSED ? nil : "another account of this machine"
    }
    var buffer = [UInt8](repeating: 0, count: 400)
    let count = recv(file, &buffer, buffer.count, 0)
    let words: SafeText = count > 0 ? SafeText(bytes: buffer[..<count], limit: 200) : "a process that does not answer"
    return "\(words)\(account(of: file))"
  }

  /// The account of the other side, as the kernel attests it: pid, uid, gid.
  private static func account(of file: Int32) -> SafeText {
    var facts: [UInt32] = [0, 0, 0]
    var length = socklen_t(12)
    guard getsockopt(file, SOL_SOCKET, SO_PEERCRED, &facts, &length) == 0, length == 12 else { return "" }
    let name = getpwuid(facts[1]).map { SafeText(escaping: String(cString: $0.pointee.pw_name), limit: 64) } ?? "uid \(Int(facts[1]))"
    return " (account \(name), process \(Int(facts[0])))"
  }

  private static func withAddress(of name: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    // The first byte is zero: the name is none of a file.
    let path = [0] + Array("opsconsole/lock/\(RunbookLibrary.hash(of: Array(name.utf8)).prefix(32))".utf8)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sa_family_t>.size + path.count)) }
    }
  }
}
