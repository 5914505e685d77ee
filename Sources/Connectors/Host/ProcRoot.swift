import Glibc

/// Reads small files of `/proc` and `/sys`, here or below a folder where another machine's are mounted. One buffer for all of them: a poll
/// reads some thousand files.
struct ProcRoot {
  /// Stands before every path: empty, or such as `/host`.
  let prefix: String
  private var buffer: [UInt8]

  /// - Parameter capacity: bytes of one file at most.
  init(prefix: String = "", capacity: Int = 65_536) {
    self.prefix = prefix == "/" ? "" : prefix
    buffer = [UInt8](repeating: 0, count: capacity)
  }

  /// The file's beginning, at most `limit` bytes (the buffer's size where less); nil where it can not be read. Files of `/proc` come in
  /// pieces of a page.
  mutating func read(_ path: String, limit: Int = 65_536) -> [UInt8]? {
    with(path, limit: limit) { Array($0) }
  }

  /// The same without a copy.
  mutating func with<Result>(_ path: String, limit: Int = 65_536, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result? {
    // Never waits, whatever stands at that path.
    let file = open(prefix + path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { return nil }
    defer { close(file) }
    let most = min(limit, buffer.count)
    return buffer.withUnsafeMutableBytes { space -> Result? in
      guard let base = space.baseAddress else { return nil }
      var used = 0
      while used < most {
        let count = Glibc.read(file, base + used, most - used)
        if count < 0 && errno == EINTR { continue }
        guard count >= 0 else { return nil }
        if count == 0 { break }
        used += count
      }
      return body(UnsafeBufferPointer(start: base.assumingMemoryBound(to: UInt8.self), count: used))
    }
  }

  mutating func text(_ path: String, limit: Int = 65_536) -> String? {
    with(path, limit: limit) { String(decoding: $0, as: UTF8.self) }
  }

  /// Where a link points to, which for files of other accounts may not be asked.
  func link(_ path: String) -> String? {
    var target = [UInt8](repeating: 0, count: 4096)
    let count = target.withUnsafeMutableBytes { space in
      space.baseAddress.map { readlink(prefix + path, $0, space.count) } ?? -1
    }
    return count > 0 ? String(decoding: target.prefix(count), as: UTF8.self) : nil
  }

  /// The numbers among the names in a folder.
  func numbers(in path: String, limit: Int = .max) -> [Int32] {
    guard let handle = opendir(prefix + path) else { return [] }
    defer { closedir(handle) }
    var out: [Int32] = []
    while out.count < limit, let entry = readdir(handle) {
      let number = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { Self.number($0) }
      }
      if let number { out.append(number) }
    }
    return out
  }

  private static func number(_ name: UnsafePointer<CChar>) -> Int32? {
    var value: Int32 = 0
    var index = 0
    while name[index] != 0 {
      let digit = name[index] - 48
      guard digit >= 0, digit <= 9, index < 9 else { return nil }
      value = value * 10 + Int32(digit)
      index += 1
    }
    return index > 0 ? value : nil
  }

  /// Size of a file or folder as the system tells it, and whose it is.
  func facts(_ path: String) -> (size: Int, owner: UInt32, modified: Double)? {
    var facts = stat()
    guard stat(prefix + path, &facts) == 0 else { return nil }
    let modified = Double(facts.st_mtim.tv_sec) + Double(facts.st_mtim.tv_nsec) / 1e9
    return (Int(facts.st_size), facts.st_uid, modified)
  }
}
