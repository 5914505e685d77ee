extension SpellingTable {
  /// A character as text: plain, or as URLs, shells, programming languages, JSON, HTML and mail write it, each also more than once.
  /// - Parameters:
  ///   - bytes: its UTF-8, or one byte that is no UTF-8.
  ///   - isBase64: a letter of Base64, in which `-` is `+`, `_` is `/`, and a line may break in escaped form as well.
  mutating func text(_ bytes: [UInt8], isBase64: Bool = false) -> Start {
    let scalar = Self.scalar(bytes)
    let first = node()
    chain(first, bytes.map { [$0] })
    if let other = [UInt8(ascii: "+"): "-", UInt8(ascii: "/"): "_"][bytes[0]], isBase64 { chain(first, other) }
    if bytes == [0x20] {
      chain(first, "+")
      folded(first)
    }
    if bytes == [UInt8(ascii: "%")] || bytes == [UInt8(ascii: "$")] { chain(first, [bytes, bytes]) }
    // UTF-8 that was taken for Latin-1.
    if bytes.count > 1 { chain(first, bytes.flatMap { Array(String(UnicodeScalar($0)).utf8) }.map { [$0] }) }
    percent(first, bytes, scalar, isBase64: isBase64)
    equals(first, bytes)
    backslash(first, bytes, scalar, isBase64: isBase64)
    if let scalar { entity(first, scalar) }
    return starts(first)
  }

  private static func scalar(_ bytes: [UInt8]) -> UInt32? {
    var scalars = String(decoding: bytes, as: UTF8.self).unicodeScalars.makeIterator()
    guard let scalar = scalars.next(), scalars.next() == nil, Array(String(scalar).utf8) == bytes else { return nil }
    return scalar.value
  }

  /// UTF-16
  private static func units(_ scalar: UInt32) -> [UInt32] {
    scalar > 0xFFFF ? [0xD800 + (scalar - 0x10000) >> 10, 0xDC00 + (scalar - 0x10000) & 0x3FF] : [scalar]
  }

  /// Between two characters a shell may end one quotation and begin the next, also when another language escaped it, and a line may break.
  private mutating func starts(_ first: Int) -> Start {
    let quoted = copy(first)
    let dollar = node()
    edge(quoted, "'\"", quoted)
    edge(quoted, "$", dollar)
    edge(dollar, "'\"", quoted)
    let slash = node()
    edge(quoted, "\\", slash)
    edge(slash, "\\", slash)
    edge(slash, "'\"", quoted)
    let next = copy(first)
    edge(next, "'\"", quoted)
    edge(next, "$", dollar)
    edge(next, "\\", slash)
    let broken = copy(first)
    edge(broken, "\r\n \t", broken)
    let late = copy(next)
    edge(late, "\r\n", broken)
    return Start(first: first, next: next, late: late, isLayered: true)
  }

  /// A blank at which a long line was broken.
  private mutating func folded(_ first: Int) {
    let line = node()
    edge(first, "\n", line)
    edge(line, " \t", line)
    edge(line, " \t", Self.finish)
  }

  /// `%2F`, `%252f`; of several bytes each may be written in its own way. JavaScript's `escape` writes `%E9` and `%u20AC`.
  private mutating func percent(_ first: Int, _ bytes: [UInt8], _ scalar: UInt32?, isBase64: Bool) {
    if let scalar {
      let sign = node()
      edge(first, "%", sign)
      chain(sign, "25", sign)
      let units = Self.units(scalar).map { [Array("u".utf8)] + Self.hex($0, digits: 4) }
      chain(sign, Array(units.joined(separator: [Array("%".utf8)])))
      if (0x80...0xFF).contains(scalar) { chain(sign, Self.hex(scalar, digits: 2)) }
    }
    var from = first
    for (place, byte) in bytes.enumerated() {
      let sign = node()
      edge(from, "%", sign)
      chain(sign, "25", sign)
      if isBase64 { chain(sign, [Array("0".utf8), Array("aAdD".utf8)], first) }
      from = place == bytes.count - 1 ? Self.finish : node()
      chain(sign, Self.hex(UInt32(byte), digits: 2), from)
    }
  }

  /// Quoted-printable: `=3D`, and `=` at the end of a line that goes on.
  private mutating func equals(_ first: Int, _ bytes: [UInt8]) {
    var from = first
    for (place, byte) in bytes.enumerated() {
      let sign = node()
      edge(from, "=", sign)
      edge(sign, "\r", sign)
      edge(sign, "\n", from)
      from = place == bytes.count - 1 ? Self.finish : node()
      chain(sign, Self.hex(UInt32(byte), digits: 2), from)
    }
  }

  /// Behind any number of backslashes: the character itself, its letter, or its number.
  private mutating func backslash(_ first: Int, _ bytes: [UInt8], _ scalar: UInt32?, isBase64: Bool) {
    let sign = node()
    edge(first, "\\", sign)
    edge(sign, "\\", sign)
    edge(sign, "\n", first)
    chain(sign, bytes.map { [$0] })
    if isBase64 { edge(sign, "nr", first) }
    let letters: [UInt8: String] = [7: "a", 8: "b", 9: "t", 10: "n", 11: "v", 12: "f", 13: "r", 27: "eE"]
    if bytes.count == 1, let letter = letters[bytes[0]] { edge(sign, letter, Self.finish) }
    numbers(sign, bytes)
    guard let scalar else { return }
    if (0x80...0xFF).contains(scalar) { chain(sign, [Array("x".utf8)] + Self.hex(scalar, digits: 2)) }
    chain(sign, [Array("U".utf8)] + Self.hex(scalar, digits: 8))
    braces(sign, scalar)
    let units = Self.units(scalar)
    var from = sign
    for (place, unit) in units.enumerated() {
      let end = place == units.count - 1 ? Self.finish : node()
      chain(from, [Array("u".utf8)] + Self.hex(unit, digits: 4), end)
      guard end != Self.finish else { return }
      let again = node()
      edge(end, "\\", again)
      edge(again, "\\", again)
      from = again
    }
  }

  /// `\u{2022}`
  private mutating func braces(_ sign: Int, _ scalar: UInt32) {
    let letter = node()
    let brace = node()
    edge(sign, "ux", letter)
    edge(letter, "{", brace)
    edge(brace, "0", brace)
    chain(brace, Self.hex(scalar, digits: 1) + [Array("}".utf8)])
  }

  /// `\x2f`, LDAP's `\2f`, `\057`, `\57`: one byte after the other.
  private mutating func numbers(_ sign: Int, _ bytes: [UInt8]) {
    for isHex in [true, false] {
      var from = sign
      for (place, byte) in bytes.enumerated() {
        let end = place == bytes.count - 1 ? Self.finish : node()
        if isHex {
          chain(from, [Array("x".utf8)] + Self.hex(UInt32(byte), digits: 2), end)
          chain(from, Self.hex(UInt32(byte), digits: 2), end)
        } else {
          let text = String(byte, radix: 8)
          let zeros = node()
          edge(from, "0", zeros)
          edge(zeros, "0", zeros)
          for begin in [from, zeros] { chain(begin, text, end) }
        }
        guard end != Self.finish else { break }
        let again = node()
        edge(end, "\\", again)
        edge(again, "\\", again)
        from = again
      }
    }
  }

  /// `&quot;`, `&#39;`, `&#x27;`, `&amp;quot;`; of numbers browsers read `&#39` too.
  private mutating func entity(_ first: Int, _ scalar: UInt32) {
    let sign = node()
    edge(first, "&", sign)
    chain(sign, "amp;", sign)
    for name in EntityNames.of(scalar) { chain(sign, name + ";") }
    let number = node()
    edge(sign, "#", number)
    edge(number, "0", number)
    for end in ["", ";"] { chain(number, String(scalar) + end) }
    let hex = node()
    edge(number, "xX", hex)
    edge(hex, "0", hex)
    chain(hex, Self.hex(scalar, digits: 1))
    chain(hex, Self.hex(scalar, digits: 1) + [Array(";".utf8)])
  }
}
