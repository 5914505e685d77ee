import Gate
import Glibc
import OpsModel

/// Asks a JVM by its attach socket (`/tmp/.java_pid<pid>`, AttachListener of HotSpot). Where there is none yet it is asked for: a file
/// `.attach_pid<pid>` of its own account, and SIGQUIT. The JVM keeps the thread that then listens.
struct JVMAttach {
  /// Seconds to wait for the socket.
  private static let patience = 3.0
  private static let mostBytes = 32 << 20

  let process: LocalProcess

  /// Its own /tmp, which is another one in a container or with PrivateTmp.
  private var top: String {
    let own = "/proc/\(process.pid)/root/tmp"
    return access(own, X_OK) == 0 ? own : "/tmp"
  }
  private var socket: String { "\(top)/.java_pid\(process.inner)" }
  private var wish: String { "\(top)/.attach_pid\(process.inner)" }

  /// Anybody may put something there: the JVM's own is a socket of its account, and no other account may use it.
  var isOpen: Bool {
    var facts = stat()
    guard lstat(socket, &facts) == 0, facts.st_mode & S_IFMT == S_IFSOCK else { return false }
    return facts.st_uid == process.account && facts.st_mode & 0o077 == 0
  }

  /// Something stands there that is not the JVM's.
  var isTaken: Bool { access(socket, F_OK) == 0 && !isOpen }

  /// Runs a command of `jcmd` in it.
  func run(_ command: String, _ permit: Permit) async throws(Failure) -> [UInt8] {
    if !isOpen { try await open(permit) }
    // Always three arguments, each ended by a zero byte.
    let words = ["1", "jcmd", command, "", ""]
    var question: [UInt8] = []
    for word in words { question += Array(word.utf8) + [0] }
    let answer = try await Exchange.ask(.socket(path: socket), saying: question, limits: Exchange.Limits(size: Self.mostBytes, total: 10))
    guard let end = answer.firstIndex(of: 0x0A) else { throw .garbage(SafeText(bytes: answer.prefix(60))) }
    guard answer[..<end].elementsEqual("0".utf8) else {
      throw .refused(code: "", message: "the JVM answers: \(SafeText(bytes: answer.dropFirst(end + 1).prefix(200)))")
    }
    return Array(answer[(end + 1)...])
  }

  private func open(_ permit: Permit) async throws(Failure) {
    guard !isTaken else {
      throw .declined(.foreignSocket(SafeText(escaping: socket)))
    }
    let file = Glibc.open(wish, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0o600)
    if file < 0 && errno == EEXIST && JVMFiles.owner(wish, S_IFREG) != process.account {
      throw .declined(.foreignSocket(SafeText(escaping: wish)))
    }
    guard file >= 0 || errno == EEXIST else {
      throw .permission(what: "writing \(SafeText(escaping: wish))", grant: "run as the account of the JVM, or as root")
    }
    if file >= 0 {
      if geteuid() != process.account { _ = fchown(file, process.account, .max) }
      Glibc.close(file)
    }
    defer { if file >= 0 { unlink(wish) } }
    try process.signal(SIGQUIT, permit)
    for _ in 0..<Int(Self.patience / 0.05) {
      if isOpen { return }
      try? await Task.sleep(for: .milliseconds(50))
    }
    throw .timedOut(
      what: "the attach socket of JVM \(process.pid) (a thread dump may stand in its own output instead)", waited: Self.patience)
  }
}
