import Glibc
import Testing

/// A child process with pipes, ended and waited for by its pid. Foundation's `Process` waits in a run loop and may miss an end.
final class ChildProcess: Sendable {
  let pid: pid_t
  private let input: Int32
  private let output: Int32

  /// - Parameter arguments: the program (looked for in PATH) and its arguments.
  init(_ arguments: [String], folder: String? = nil) throws {
    var toChild: [Int32] = [0, 0]
    var fromChild: [Int32] = [0, 0]
    try #require(pipe(&toChild) == 0 && pipe(&fromChild) == 0)
    // A scene ends with its input: no other child may hold that open.
    for file in toChild + fromChild { _ = fcntl(file, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawn_file_actions_adddup2(&actions, toChild[0], 0)
    posix_spawn_file_actions_adddup2(&actions, fromChild[1], 1)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    let all = folder.map { ["env", "-C", $0] + arguments } ?? arguments
    var words: [UnsafeMutablePointer<CChar>?] = all.map { strdup($0) } + [nil]
    var made: pid_t = 0
    let code = posix_spawnp(&made, all[0], &actions, nil, &words, environ)
    for word in words { free(word) }
    posix_spawn_file_actions_destroy(&actions)
    close(toChild[0])
    close(fromChild[1])
    try #require(code == 0, "\(arguments[0]) could not be started")
    pid = made
    input = toChild[1]
    output = fromChild[0]
  }

  /// The next line of the child's output; nil at its end.
  func line() -> [UInt8]? {
    var bytes: [UInt8] = []
    var byte: UInt8 = 0
    while read(output, &byte, 1) == 1 {
      if byte == 0x0A { return bytes }
      bytes.append(byte)
    }
    return nil
  }

  /// Hands the child a line.
  func tell(_ line: String) {
    let bytes = Array(line.utf8) + [0x0A]
    var done = 0
    while done < bytes.count {
      let count = bytes[done...].withUnsafeBytes { Glibc.write(input, $0.baseAddress, $0.count) }
      guard count > 0 else { return }
      done += count
    }
  }

  /// Ends the child's input.
  func closeInput() { close(input) }

  /// Waits for the end.
  /// - Returns: the exit code, or -1 for a signal.
  @discardableResult
  func wait() -> Int32 {
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
    close(output)
    return status & 0x7F == 0 ? status >> 8 & 0xFF : -1
  }

  func kill(_ signal: Int32 = SIGKILL) { Glibc.kill(pid, signal) }
}
