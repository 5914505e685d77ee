import Glibc
import OpsModel
import Runbooks

/// A viewer's connection to a runner. As long as it stands, the run has somebody who looks.
final class RunnerClient: Sendable {
  private let file: Int32

  /// - Returns: nil where no runner listens.
  init?(_ folder: RunFolder) {
    file = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard file >= 0 else { return nil }
    var patience = timeval(tv_sec: 3, tv_usec: 0)
    // A runner that is stopped takes nobody in: neither coming nor asking waits for it for ever.
    setsockopt(file, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(file, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    guard RunnerSocket.withAddress(of: folder, { connect(file, $0, $1) }) == 0, line() != nil else {
      close(file)
      return nil
    }
  }

  deinit { close(file) }

  /// - Returns: what the runner answered; nil where it did not.
  func wish(_ word: SafeText, by: SafeText, step: SafeText = "", choice: SafeText = "") -> SafeText? {
    let fields: [(StaticString, JSONText)] = [("do", .text(word)), ("by", .text(by)), ("step", .text(step)), ("choice", .text(choice))]
    let bytes = Array((JSONText.object(fields).compact() + "\n").utf8)
    guard bytes.withUnsafeBytes({ send(file, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }) == bytes.count,
      let fields = line().flatMap({ JSONScan.object($0) })
    else { return nil }
    let said = JSONScan.string(fields["ok"]) ?? JSONScan.string(fields["error"])
    return said.map { SafeText(bytes: $0, limit: 400) }
  }

  private func line() -> [UInt8]? {
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
