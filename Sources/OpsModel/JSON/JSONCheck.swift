/// Says whether a text is JSON to the letter (RFC 8259), for what is sent on as it was typed.
public enum JSONCheck {
  static let depthLimit = 64

  /// Where the first value begins and ends; nil where it is malformed, or does not begin with `wanted`.
  public static func end(of text: [UInt8], from start: Int, wanted: UInt8) -> (start: Int, end: Int)? {
    var reader = Reader(text: text, at: start)
    reader.skipSpace()
    let begin = reader.at
    guard begin < text.count, text[begin] == wanted, reader.value(depth: 0) else { return nil }
    return (begin, reader.at)
  }

  private struct Reader {
    let text: [UInt8]
    var at: Int

    var next: UInt8? { at < text.count ? text[at] : nil }

    mutating func skipSpace() {
      while let next, next == 0x20 || next == 0x09 || next == 0x0A || next == 0x0D { at += 1 }
    }

    mutating func take(_ sign: Unicode.Scalar) -> Bool {
      guard next == UInt8(ascii: sign) else { return false }
      at += 1
      return true
    }

    mutating func value(depth: Int) -> Bool {
      guard depth < depthLimit, let next else { return false }
      switch next {
      case UInt8(ascii: "{"): return members(close: "}", depth: depth, named: true)
      case UInt8(ascii: "["): return members(close: "]", depth: depth, named: false)
      case UInt8(ascii: "\""): return string()
      case UInt8(ascii: "t"): return word("true")
      case UInt8(ascii: "f"): return word("false")
      case UInt8(ascii: "n"): return word("null")
      default: return number()
      }
    }

    private mutating func members(close: Unicode.Scalar, depth: Int, named: Bool) -> Bool {
      at += 1
      skipSpace()
      if take(close) { return true }
      while true {
        skipSpace()
        if named {
          guard next == UInt8(ascii: "\""), string() else { return false }
          skipSpace()
          guard take(":") else { return false }
          skipSpace()
        }
        guard value(depth: depth + 1) else { return false }
        skipSpace()
        if take(close) { return true }
        guard take(",") else { return false }
      }
    }

    private mutating func string() -> Bool {
      at += 1
      while let unit = next {
        at += 1
        if unit == UInt8(ascii: "\"") { return true }
        if unit < 0x20 { return false }
        guard unit == UInt8(ascii: "\\") else { continue }
        guard let escape = next, Array("\"\\/bfnrtu".utf8).contains(escape) else { return false }
        at += 1
        guard escape == UInt8(ascii: "u") else { continue }
        for _ in 0..<4 {
          guard let digit = next, isHex(digit) else { return false }
          at += 1
        }
      }
      return false
    }

    private func isHex(_ unit: UInt8) -> Bool {
      (0x30...0x39).contains(unit) || (0x41...0x46).contains(unit) || (0x61...0x66).contains(unit)
    }

    private mutating func word(_ text: StaticString) -> Bool {
      for unit in "\(text)".utf8 {
        guard next == unit else { return false }
        at += 1
      }
      return true
    }

    private mutating func number() -> Bool {
      _ = take("-")
      if take("0") {} else if !digits() { return false }
      if take("."), !digits() { return false }
      if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
        at += 1
        if !take("+") { _ = take("-") }
        return digits()
      }
      return true
    }

    private mutating func digits() -> Bool {
      let start = at
      while let next, (0x30...0x39).contains(next) { at += 1 }
      return at > start
    }
  }
}
