import OpsModel

/// Sockets that listen, with how many connections wait there for `accept`: rows of `/proc/net/tcp` in state `0A`, whose receive queue
/// is that number. They stand before all others, so that a host with a hundred thousand connections costs no more.
struct ListenTable {
  struct Row: Hashable {
    let inode: Int
    /// `*:8080`, `127.0.0.1:5432`, `[::1]:80`
    let address: String
    let backlog: Int
  }

  /// - Parameter text: the file, or its beginning.
  static func rows(_ text: UnsafeBufferPointer<UInt8>) -> [Row] {
    var out: [Row] = []
    for line in text.split(separator: 0x0A).dropFirst() {
      let words = line.split(separator: 0x20)
      guard words.count > 9 else { break }
      guard words[3].elementsEqual("0A".utf8) else { break }
      let queues = words[4].split(separator: UInt8(ascii: ":"))
      guard queues.count == 2, let waiting = hex(queues[1]), let inode = Int(String(decoding: words[9], as: UTF8.self)) else { continue }
      guard let address = address(words[1]) else { continue }
      out.append(Row(inode: inode, address: address, backlog: waiting))
    }
    return out
  }

  private static func hex(_ digits: some Collection<UInt8>) -> Int? { Int(String(decoding: digits, as: UTF8.self), radix: 16) }

  /// Words of four bytes in the order of the machine, here little-endian.
  private static func address(_ text: some Collection<UInt8>) -> String? {
    let parts = String(decoding: text, as: UTF8.self).split(separator: ":")
    guard parts.count == 2, let port = Int(parts[1], radix: 16) else { return nil }
    let digits = Array(parts[0])
    var bytes: [UInt8] = []
    for word in stride(from: 0, to: digits.count, by: 8) where word + 8 <= digits.count {
      guard let value = UInt32(String(digits[word..<(word + 8)]), radix: 16) else { return nil }
      bytes += (0..<4).map { UInt8(truncatingIfNeeded: value >> UInt32(8 * $0)) }
    }
    if bytes.allSatisfy({ $0 == 0 }) { return "*:\(port)" }
    if bytes.count == 4 { return bytes.map(String.init).joined(separator: ".") + ":\(port)" }
    if bytes.count == 16, bytes.prefix(10).allSatisfy({ $0 == 0 }), bytes[10] == 0xFF {
      return bytes.suffix(4).map(String.init).joined(separator: ".") + ":\(port)"
    }
    if bytes.count == 16, bytes.dropLast().allSatisfy({ $0 == 0 }), bytes[15] == 1 { return "[::1]:\(port)" }
    let pairs = stride(from: 0, to: bytes.count - 1, by: 2).map { String(Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]), radix: 16) }
    return "[" + pairs.joined(separator: ":") + "]:\(port)"
  }
}
