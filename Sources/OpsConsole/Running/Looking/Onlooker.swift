import Glibc

/// Whether somebody can still see what this process prints. Known by the life of what it prints to, and not by a signal: `su -`, `setsid`
/// and `nohup` keep SIGHUP away.
struct Onlooker {
  enum Life {
    case here
    /// A terminal is gone, or whoever started this process is; what is printed goes on into a file.
    case away
    /// What is printed reaches nobody.
    case gone
  }

  /// Whether standard output is a terminal, a pipe or a socket: what has another side.
  private let hasReader: Bool
  /// Standard input and error where they are terminals, and the terminal of the session whatever is redirected.
  private let terminals: [Int32]
  /// Whoever started this process; nil where that is the first process of the system, which always lives.
  private let parent: pid_t?

  init() {
    hasReader = Self.hasOtherSide(STDOUT_FILENO)
    var found = [STDIN_FILENO, STDERR_FILENO].filter { isatty($0) == 1 }
    let own = open("/dev/tty", O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
    if own >= 0 { found.append(own) }
    terminals = found
    let starter = getppid()
    parent = starter > 1 ? starter : nil
  }

  /// Whether what is printed goes to another program.
  static var printsToPipe: Bool {
    var facts = stat()
    return fstat(STDOUT_FILENO, &facts) == 0 && facts.st_mode & S_IFMT == S_IFIFO
  }

  private static func hasOtherSide(_ file: Int32) -> Bool {
    var facts = stat()
    guard fstat(file, &facts) == 0 else { return false }
    return isatty(file) == 1 || facts.st_mode & S_IFMT == S_IFIFO || facts.st_mode & S_IFMT == S_IFSOCK
  }

  var life: Life {
    if hasReader, Self.isOver(STDOUT_FILENO) { return .gone }
    let isOrphan = parent.map { getppid() != $0 } ?? false
    return isOrphan || terminals.contains(where: { Self.isOver($0) }) ? .away : .here
  }

  /// A terminal whose other side is closed, or a pipe that nobody reads.
  private static func isOver(_ file: Int32) -> Bool {
    var one = pollfd(fd: file, events: 0, revents: 0)
    return poll(&one, 1, 0) > 0 && one.revents & Int16(POLLHUP | POLLERR | POLLNVAL) != 0
  }
}
