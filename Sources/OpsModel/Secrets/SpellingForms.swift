/// Spellings of a whole secret that tools put into Base64 and hexadecimal. There nothing is left of single characters, so that each
/// must be written out.
enum SpellingForms {
  /// Within a text of JSON, as it is and in ASCII.
  static func json(_ secret: [UInt8]) -> [[UInt8]] {
    let text = escaped(secret)
    let ascii = String(decoding: text, as: UTF8.self).utf16.map { unit in
      unit < 0x80 ? String(UnicodeScalar(UInt8(unit))) : "\\u" + padded(String(unit, radix: 16), 4)
    }.joined()
    return [text, Array(ascii.utf8)]
  }

  /// In addresses (RFC 3986, JavaScript, forms) and in HTML.
  static func coded(_ secret: [UInt8]) -> [[UInt8]] {
    let strict = percent(secret, "-._~")
    let form = percent(secret, "-._* ").map { $0 == 0x20 ? UInt8(ascii: "+") : $0 }
    return [strict, percent(secret, "-._~/"), percent(secret, "-_.!~*'()"), form, html(secret, "&#x27;"), html(secret, "&#39;")]
  }

  static func hex(_ bytes: [UInt8]) -> String { bytes.map { padded(String($0, radix: 16), 2) }.joined() }

  /// Base64 of a longer text holds that of its middle at one of three places, without the first and last characters.
  static func middles(_ bytes: [UInt8]) -> [[UInt8]] {
    (0..<3).flatMap { shift -> [[UInt8]] in
      let (coded, begin, end, last) = middle(bytes, shift)
      // Where nothing follows, the last letters are known as well.
      let ends = last == 0 ? [end] : [end, coded.count - (3 - last)]
      return ends.filter { $0 - begin >= SecretMask.shortest }.map { Array(coded[begin..<$0]) }
    }
  }

  /// Base64 that is put into Base64 again: the middles, and the whole.
  static func base64(_ bytes: [UInt8]) -> [[UInt8]] {
    stable(bytes) + [Array(Base64Text.encode(bytes).utf8)]
  }

  /// The middles, whatever follows.
  static func stable(_ bytes: [UInt8]) -> [[UInt8]] {
    (0..<3).compactMap { shift in
      let (coded, begin, end, _) = middle(bytes, shift)
      return end - begin >= SecretMask.shortest ? Array(coded[begin..<end]) : nil
    }
  }

  private static func middle(_ bytes: [UInt8], _ shift: Int) -> (coded: [UInt8], begin: Int, end: Int, last: Int) {
    let coded = Array(Base64Text.encode([UInt8](repeating: 0, count: shift) + bytes).utf8)
    let last = (bytes.count + shift) % 3
    return (coded, [0, 2, 3][shift], coded.count - (last == 0 ? 0 : (last == 1 ? 3 : 2)), last)
  }

  private static func percent(_ secret: [UInt8], _ left: String) -> [UInt8] {
    let left = Set(left.utf8)
    return secret.flatMap { byte -> [UInt8] in
      let isWord = (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
      return isWord || left.contains(byte) ? [byte] : Array(("%" + padded(String(byte, radix: 16).uppercased(), 2)).utf8)
    }
  }

  private static func html(_ secret: [UInt8], _ apostrophe: String) -> [UInt8] {
    let names: [UInt8: String] = [0x26: "&amp;", 0x3C: "&lt;", 0x3E: "&gt;", 0x22: "&quot;", 0x27: apostrophe]
    return secret.flatMap { names[$0].map { Array($0.utf8) } ?? [$0] }
  }

  private static func escaped(_ secret: [UInt8]) -> [UInt8] {
    let letters: [UInt8: String] = [0x22: "\\\"", 0x5C: "\\\\", 0x0A: "\\n", 0x0D: "\\r", 0x09: "\\t"]
    return secret.flatMap { byte -> [UInt8] in
      if let letter = letters[byte] { return Array(letter.utf8) }
      return byte < 0x20 ? Array(("\\u" + padded(String(byte, radix: 16), 4)).utf8) : [byte]
    }
  }

  private static func padded(_ digits: String, _ width: Int) -> String {
    String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
