import Glibc
import OpsModel
import Runbooks
import Synchronization

/// Where viewers of a run come in: lines of JSON over a socket in the folder of the run. Each connection that stays open counts as somebody
/// who looks.
final class RunnerSocket: Sendable {
  /// What is understood; a console of another version may still pause and cancel. From 2 on a viewer says now and then that it is here.
  static let version = 2
  /// The first version of which viewers say that they are here.
  static let lively = 2

  /// A wish of an operator.
  enum Wish: Sendable {
    case pause(by: String)
    case cancel(by: String)
    case answer(step: String, choice: String, by: String)
    /// Somebody of another run asks to be let in.
    case ask(by: String)
  }

  private let listener: Int32
  private let taker: Mutex<@Sendable (Wish) -> RunnerReply>
  /// When each open connection was heard last; nil for one that never says that it is here, which counts while it is open.
  private let viewers = Mutex<[Int: Moment?]>([:])
  private let clock: any OpsClock

  /// - Returns: nil where the socket can not be made: the run goes on without viewers.
  init?(_ folder: RunFolder, clock: any OpsClock, take: @escaping @Sendable (Wish) -> RunnerReply) {
    taker = Mutex(take)
    self.clock = clock
    unlink(folder.socket)
    listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard listener >= 0, Self.withAddress(of: folder, { Glibc.bind(listener, $0, $1) }) == 0, listen(listener, 16) == 0 else { return nil }
    chmod(folder.socket, 0o600)
    let all = self
    ThreadStart.detach { all.accept() }
  }

  /// From now on somebody else takes wishes.
  func hand(to take: @escaping @Sendable (Wish) -> RunnerReply) { taker.withLock { $0 = take } }

  /// Whether somebody looks: one who was heard within so many seconds. A viewer that was stopped, or hangs at a terminal that nobody reads,
  /// keeps its connection and says nothing.
  func isSeen(within seconds: Double) -> Bool {
    let now = clock.now()
    return viewers.withLock { $0.values.contains { heard in heard.map { now.age(since: $0) <= seconds } ?? true } }
  }

  /// A path of a socket has 107 bytes: it is named by the descriptor of its folder instead.
  static func withAddress(of folder: RunFolder, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
    let place = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard place >= 0 else { return -1 }
    defer { close(place) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let path = Array("/proc/self/fd/\(place)/control.sock".utf8)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
    }
  }

  private func accept() {
    var number = 0
    while true {
      let client = Glibc.accept(listener, nil, nil)
      if client < 0 {
        if errno == EINTR || errno == ECONNABORTED { continue }
        // No file is free: it will be again.
        if errno == EMFILE || errno == ENFILE {
          sleep(1)
          continue
        }
        return
      }
      _ = fcntl(client, F_SETFD, FD_CLOEXEC)
      number += 1
      let (all, viewer) = (self, number)
      viewers.withLock { $0[viewer] = .some(nil) }
      ThreadStart.detach {
        all.serve(client, viewer)
        close(client)
        all.viewers.withLock { _ = $0.removeValue(forKey: viewer) }
      }
    }
  }

  private func serve(_ client: Int32, _ viewer: Int) {
    let hello: [(StaticString, JSONText)] = [
      ("protocol", .int(Self.version)), ("version", .text(SafeText(escaping: OpsConsoleCommand.version))), ("pid", .int(Int(getpid()))),
    ]
    guard send(client, .object(hello)) else { return }
    var held: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while held.count < 65_536 {
      let count = read(client, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      if count <= 0 { return }
      held += buffer[..<count]
      while let end = held.firstIndex(of: 0x0A) {
        let line = Array(held[..<end])
        held.removeSubrange(...end)
        if line == Self.here {
          let now = clock.now()
          viewers.withLock { $0[viewer] = .some(now) }
          continue
        }
        guard send(client, answer(to: line)) else { return }
      }
    }
  }

  /// What a viewer says that is alive. It is not answered.
  static let here = Array("here".utf8)

  private func send(_ client: Int32, _ json: JSONText) -> Bool {
    let bytes = Array((json.compact() + "\n").utf8)
    return bytes.withUnsafeBytes { Glibc.send(client, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) } == bytes.count
  }

  private func answer(to line: [UInt8]) -> JSONText {
    guard let fields = JSONScan.object(line) else { return .object([("error", .text("this is no JSON"))]) }
    func text(_ key: String) -> String { JSONScan.string(fields[key]).map { String(decoding: $0, as: UTF8.self) } ?? "" }
    let by = text("by")
    let wish: Wish
    switch text("do") {
    case "pause": wish = .pause(by: by)
    case "cancel": wish = .cancel(by: by)
    case "answer": wish = .answer(step: text("step"), choice: text("choice"), by: by)
    case "ask": wish = .ask(by: by)
    case let other: return .object([("error", .text("\(SafeText(escaping: other, limit: 40)) is not understood"))])
    }
    return taker.withLock { $0 }(wish).json
  }
}
