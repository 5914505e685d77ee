extension SpellingTable {
  /// A letter of Base64 of what is a spelling itself: with line breaks and for URLs.
  mutating func letter(_ byte: UInt8) -> Start {
    let first = node()
    chain(first, [[byte]])
    if let other = [UInt8(ascii: "+"): "-", UInt8(ascii: "/"): "_"][byte] { chain(first, other) }
    // The first of several: all others are found as a layer.
    if !(0x30...0x39).contains(byte), !(0x41...0x5A).contains(byte), !(0x61...0x7A).contains(byte) {
      chain(first, [Array("%".utf8)] + Self.hex(UInt32(byte), digits: 2))
    }
    let next = copy(first)
    escapedBreak(next, next)
    let broken = copy(next)
    edge(broken, "\r\n \t", broken)
    let late = copy(next)
    edge(late, "\r\n", broken)
    return Start(first: first, next: next, late: late)
  }

  /// A byte as two hexadecimal digits, with or without signs between two bytes.
  mutating func hexadecimal(_ byte: UInt8) -> Start {
    let signs = " \t:-,;.|_\"'"
    let first = node()
    chain(first, Self.hex(UInt32(byte), digits: 2))
    let apart = copy(first)
    edge(apart, signs, apart)
    let zero = node()
    let slash = node()
    edge(apart, "0", zero)
    edge(zero, "xX", first)
    edge(apart, "\\", slash)
    edge(slash, "\\", slash)
    edge(slash, "x", first)
    edge(slash, "nr\"", apart)
    let broken = copy(apart)
    edge(broken, "\r\n" + signs, broken)
    return Start(first: first, next: apart, late: broken)
  }

  /// A number of a list of decimal numbers.
  mutating func decimal(_ number: UInt32) -> Start {
    let first = node()
    chain(first, String(number))
    let apart = copy(first)
    edge(apart, " \t,;", apart)
    let next = node()
    edge(next, " \t,;", apart)
    escapedBreak(apart, apart)
    escapedBreak(next, apart)
    let broken = copy(apart)
    edge(broken, "\r\n \t,;", broken)
    let late = node()
    edge(late, "\r\n \t,;", broken)
    escapedBreak(late, broken)
    return Start(first: first, next: next, late: late)
  }

  /// `\n` within a text of JSON.
  private mutating func escapedBreak(_ from: Int, _ target: Int) {
    let slash = node()
    edge(from, "\\", slash)
    edge(slash, "\\", slash)
    edge(slash, "nr", target)
  }
}
