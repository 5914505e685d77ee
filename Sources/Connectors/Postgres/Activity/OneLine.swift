/// SQL on one line: applications send it with line ends and indents, which a table has no room for.
enum OneLine {
  /// Runs of blanks, tabs and line ends as one blank; nothing at either end.
  static func of(_ bytes: [UInt8]) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    for byte in bytes {
      let isBlank = byte == 0x20 || (0x09...0x0D).contains(byte)
      if !isBlank { out.append(byte) } else if let last = out.last, last != 0x20 { out.append(0x20) }
    }
    if out.last == 0x20 { out.removeLast() }
    return out
  }
}
