/// Base64 (RFC 4648), without Foundation.
public enum Base64Text {
  /// Nil where a byte is no base64. Line ends are passed over. Both alphabets are understood.
  public static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
    if let done = text.withContiguousStorageIfAvailable({ decode($0) }) { return done }
    return Array(text).withUnsafeBufferPointer { decode($0) }
  }

  private static func decode(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    var isValid = true
    let out = [UInt8](unsafeUninitializedCapacity: text.count * 3 / 4 + 3) { out, length in
      var bits: UInt32 = 0
      var count: UInt32 = 0
      for byte in text {
        let value = values[Int(byte)]
        if value < 64 {
          bits = bits << 6 | UInt32(value)
          count += 6
          if count >= 8 {
            count -= 8
            out[length] = UInt8(truncatingIfNeeded: bits >> count)
            length += 1
          }
        } else if value == 255 {
          isValid = false
          return
        }
      }
    }
    return isValid ? out : nil
  }

  /// The six bits of each letter; 64 for what is passed over, 255 for what is no base64.
  private static let values: [UInt8] = (0...255).map { byte in
    switch UInt8(byte) {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt8(byte) - UInt8(ascii: "A")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt8(byte) - UInt8(ascii: "a") + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt8(byte) - UInt8(ascii: "0") + 52
    case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
    case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
    case UInt8(ascii: "="), 0x0A, 0x0D: 64
    default: 255
    }
  }

  private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  public static func encode(_ bytes: [UInt8]) -> String {
    var out: [UInt8] = []
    out.reserveCapacity((bytes.count + 2) / 3 * 4)
    var index = 0
    while index < bytes.count {
      let rest = min(3, bytes.count - index)
      let a = UInt32(bytes[index])
      let b = rest > 1 ? UInt32(bytes[index + 1]) : 0
      let c = rest > 2 ? UInt32(bytes[index + 2]) : 0
      let bits = a << 16 | b << 8 | c
      out.append(letters[Int(bits >> 18 & 63)])
      out.append(letters[Int(bits >> 12 & 63)])
      out.append(rest > 1 ? letters[Int(bits >> 6 & 63)] : UInt8(ascii: "="))
      out.append(rest > 2 ? letters[Int(bits & 63)] : UInt8(ascii: "="))
      index += 3
    }
    return String(decoding: out, as: UTF8.self)
  }
}
