/// Base64 for OSC 52, without pulling Foundation into the screen.
enum Base64 {
  private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  static func encode(_ bytes: [UInt8]) -> String {
    var out: [UInt8] = []
    var index = 0
    while index < bytes.count {
      let group = bytes[index..<min(index + 3, bytes.count)]
      let value = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
      for position in 0..<4 {
        let isPadding = position > group.count
        out.append(isPadding ? UInt8(ascii: "=") : letters[Int(value >> UInt32(18 - 6 * position) & 0x3F)])
      }
      index += 3
    }
    return String(decoding: out, as: UTF8.self)
  }
}
