import Glibc
import Testing

/// Blocking sockets on 127.0.0.1, for what tests do beside the program.
enum Loopback {
  /// `MSG_NOSIGNAL`, which modules of C import in two ways.
  private static let noSignal: Int32 = 0x4000

  static func connect(_ port: Int) throws -> Int32 {
    let file = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var place = address(port)
    let code = withUnsafePointer(to: &place) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(file, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    try #require(file >= 0 && code == 0, "nothing listens on port \(port)")
    return file
  }

  /// A socket that listens on a free port, and that port.
  static func listen() throws -> (file: Int32, port: Int) {
    let file = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var place = address(0)
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let code = withUnsafeMutablePointer(to: &place) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(file, $0, size) + Glibc.listen(file, 16) + getsockname(file, $0, &size)
      }
    }
    try #require(file >= 0 && code == 0, "no port to listen on")
    return (file, Int(place.sin_port.byteSwapped))
  }

  /// What is there to read; empty at the end.
  static func read(_ file: Int32) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 1 << 18)
    let count = bytes.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress, $0.count) }
    return Array(bytes.prefix(max(0, count)))
  }

  static func write(_ bytes: [UInt8], to file: Int32) {
    var done = 0
    while done < bytes.count {
      let count = bytes[done...].withUnsafeBytes { send(file, $0.baseAddress, $0.count, noSignal) }
      guard count > 0 else { return }
      done += count
    }
  }

  private static func address(_ port: Int) -> sockaddr_in {
    var place = sockaddr_in()
    place.sin_family = sa_family_t(AF_INET)
    place.sin_port = in_port_t(port).byteSwapped
    place.sin_addr.s_addr = in_addr_t(0x7F00_0001).byteSwapped
    return place
  }
}
