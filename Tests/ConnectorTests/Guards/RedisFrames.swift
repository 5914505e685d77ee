/// Cuts a stream of RESP2 into whole values: commands in one direction, replies in the other.
struct RedisFrames {
  private var bytes: [UInt8] = []

  /// The values that are whole now, in their order.
  mutating func take(_ more: some Sequence<UInt8>) -> [ArraySlice<UInt8>] {
    bytes += more
    var found: [ArraySlice<UInt8>] = []
    var at = 0
    while let end = end(of: at) {
      found.append(bytes[at..<end])
      at = end
    }
    bytes.removeFirst(at)
    return found
  }

  /// The first word of a command, in capitals.
  static func verb(_ command: ArraySlice<UInt8>) -> String {
    let lines = command.split(separator: 0x0A, maxSplits: 3)
    return lines.count > 2 ? String(decoding: lines[2].filter { $0 != 0x0D }, as: UTF8.self).uppercased() : "?"
  }

  /// Where the value that begins at a place ends; nil while it is not whole.
  private func end(of start: Int) -> Int? {
    guard start < bytes.count, let mark = bytes[start...].firstIndex(of: 0x0D), mark + 1 < bytes.count else { return nil }
    let number = Int(String(decoding: bytes[(start + 1)..<mark], as: UTF8.self)) ?? -1
    let next = mark + 2
    switch bytes[start] {
    case UInt8(ascii: "$"):
      guard number >= 0 else { return next }
      return next + number + 2 <= bytes.count ? next + number + 2 : nil
    case UInt8(ascii: "*"):
      var at = next
      for _ in 0..<max(0, number) {
        guard let end = end(of: at) else { return nil }
        at = end
      }
      return at
    default: return next
    }
  }
}
