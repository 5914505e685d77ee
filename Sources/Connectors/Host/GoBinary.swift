import Glibc

/// Tells programs made by Go from others: they hold a section `.go.buildinfo` (debug/buildinfo of Go 1.13 and later).
enum GoBinary {
  /// Nil where the file can not be read.
  static func check(_ path: String) -> Bool? {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { return nil }
    defer { close(file) }
    guard let head = bytes(file, at: 0, count: 64), head.count == 64, head.starts(with: [0x7F, 0x45, 0x4C, 0x46, 2, 1]) else {
      return false
    }
    let table = number(head, 40, 8)
    let size = number(head, 58, 2)
    let count = number(head, 60, 2)
    let names = number(head, 62, 2)
    guard size == 64, count > 0, count < 1000, names < count, table > 0, table < 1 << 40 else { return false }
    guard let sections = bytes(file, at: table, count: size * count), sections.count == size * count else { return false }
    let start = number(sections, names * size + 24, 8)
    let length = number(sections, names * size + 32, 8)
    guard length > 0, length < 65_536, start < 1 << 40, let text = bytes(file, at: start, count: length) else { return false }
    return String(decoding: text, as: UTF8.self).contains(".go.buildinfo")
  }

  private static func bytes(_ file: Int32, at place: Int, count: Int) -> [UInt8]? {
    var out = [UInt8](repeating: 0, count: count)
    let read = out.withUnsafeMutableBytes { pread(file, $0.baseAddress, count, off_t(place)) }
    return read >= 0 ? Array(out.prefix(read)) : nil
  }

  private static func number(_ bytes: [UInt8], _ place: Int, _ length: Int) -> Int {
    (0..<length).reduce(0) { $0 | Int(truncatingIfNeeded: UInt64(bytes[place + $1]) << UInt64(8 * $1)) }
  }
}
