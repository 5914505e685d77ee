import Glibc
import OpsModel
import Runbooks

/// A viewer's connection to a runner. As long as the viewer says now and then that it is here, the run has somebody who looks.
final class RunnerClient: Sendable {
  private let file: Int32
  /// The runner counts who says so. An older one counts open connections, and would take the word for a wish.
  private let isCounted: Bool

  /// - Returns: nil where no runner listens.
  init?(_ folder: RunFolder) {
    let made = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard made >= 0 else { return nil }
    var patience = timeval(tv_sec: 3, tv_usec: 0)
    // A runner that is stopped takes nobody in: neither coming nor asking waits for it for ever.
    setsockopt(made, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(made, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    guard RunnerSocket.withAddress(of: folder, { connect(made, $0, $1) }) == 0, let hello = Self.line(made) else {
      close(made)
      return nil
    }
    file = made
    isCounted = JSONScan.object(hello).flatMap { JSONScan.number($0["protocol"]) }.map { Int($0) >= RunnerSocket.lively } ?? false
    sayHere()
  }

  /// To be said every few seconds by what looks itself: not by a thread beside it that would go on when it hangs.
  func sayHere() {
    guard isCounted else { return }
    let word = RunnerSocket.here + [0x0A]
    _ = word.withUnsafeBytes { send(file, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)) }
  }

  deinit { close(file) }

  /// - Returns: what the runner answered; nil where it did not.
  func wish(_ word: SafeText, by: SafeText, step: SafeText = "", choice: SafeText = "") -> RunnerReply? {
    let fields: [(StaticString, JSONText)] = [("do", .text(word)), ("by", .text(by)), ("step", .text(step)), ("choice", .text(choice))]
    let bytes = Array((JSONText.object(fields).compact() + "\n").utf8)
    guard bytes.withUnsafeBytes({ send(file, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }) == bytes.count,
      let fields = Self.line(file).flatMap({ JSONScan.object($0) })
    else { return nil }
    if let said = JSONScan.string(fields["ok"]) { return .taken(SafeText(bytes: said, limit: 400)) }
    return JSONScan.string(fields["error"]).map { .refused(SafeText(bytes: $0, limit: 400)) }
  }

  private static func line(_ file: Int32) -> [UInt8]? {
    var out: [UInt8] = []
    var byte: UInt8 = 0
    while out.count < 8192 {
      let count = read(file, &byte, 1)
      if count < 0, errno == EINTR { continue }
      if count <= 0 { return nil }
      if byte == 0x0A { return out }
      out.append(byte)
    }
    return nil
  }
}
