/// A piece of an SQL text: enough of the grammar to tell keywords from what stands in strings, names and comments.
struct SQLToken: Equatable {
  enum Kind: Equatable {
    /// A keyword or an unquoted name, in lower case.
    case word(String)
    /// `$1`
    case parameter(Int)
    case string, quotedName, number
    case symbol(UInt8)
  }

  let kind: Kind
  /// Bytes of the text that it stands in.
  let range: Range<Int>

  var word: String? {
    if case .word(let text) = kind { return text }
    return nil
  }

  var parameter: Int? {
    if case .parameter(let number) = kind { return number }
    return nil
  }
}

/// Cuts SQL into tokens, as PostgreSQL's scanner does: nested comments, dollar quotes, `E''` strings, quoted names.
struct SQLScanner {
  private let bytes: [UInt8]
  private var place = 0
  /// The text ends within a string, a comment or a quoted name: it was cut off.
  private(set) var isCut = false

  init(_ text: String) { bytes = Array(text.utf8) }

  static func tokens(_ text: String) -> (list: [SQLToken], isCut: Bool) {
    var scanner = SQLScanner(text)
    var list: [SQLToken] = []
    while let token = scanner.next() { list.append(token) }
    return (list, scanner.isCut)
  }

  private func byte(_ ahead: Int = 0) -> UInt8 { place + ahead < bytes.count ? bytes[place + ahead] : 0 }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_") || byte >= 0x80
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

  private mutating func next() -> SQLToken? {
    skipBlanks()
    guard place < bytes.count else { return nil }
    let start = place
    let kind = kind()
    return SQLToken(kind: kind, range: start..<place)
  }

  private mutating func kind() -> SQLToken.Kind {
    let first = byte()
    if first == UInt8(ascii: "'") { return quoted(by: first, escapes: false, .string) }
    if first == UInt8(ascii: "\"") { return quoted(by: first, escapes: false, .quotedName) }
    if first | 0x20 == UInt8(ascii: "e"), byte(1) == UInt8(ascii: "'") {
      place += 1
      return quoted(by: UInt8(ascii: "'"), escapes: true, .string)
    }
    if first == UInt8(ascii: "$") { return dollar() }
    if Self.isLetter(first) { return word() }
    // What follows the digits at once is a word of its own for older servers: `1into t`.
    if Self.isDigit(first) {
      while Self.isDigit(byte()) || byte() == UInt8(ascii: ".") { place += 1 }
      return .number
    }
    place += 1
    return .symbol(first)
  }

  private mutating func word() -> SQLToken.Kind {
    let start = place
    while Self.isLetter(byte()) || Self.isDigit(byte()) || byte() == UInt8(ascii: "$") { place += 1 }
    return .word(String(decoding: bytes[start..<place], as: UTF8.self).lowercased())
  }

  private mutating func quoted(by mark: UInt8, escapes: Bool, _ kind: SQLToken.Kind) -> SQLToken.Kind {
    place += 1
    while place < bytes.count {
      if escapes && byte() == UInt8(ascii: "\\") {
        place += 2
      } else if byte() == mark {
        place += 1
        if byte() != mark { return kind }
        place += 1
      } else {
        place += 1
      }
    }
    place = bytes.count
    isCut = true
    return kind
  }

  /// `$1`, or a string between `$tag$` marks.
  private mutating func dollar() -> SQLToken.Kind {
    let start = place
    place += 1
    if Self.isDigit(byte()) {
      var number = 0
      while Self.isDigit(byte()) {
        number = min(number * 10 + Int(byte() - 48), 100_000)
        place += 1
      }
      return .parameter(number)
    }
    while Self.isLetter(byte()) || Self.isDigit(byte()) { place += 1 }
    guard byte() == UInt8(ascii: "$") else { return .symbol(UInt8(ascii: "$")) }
    place += 1
    let tag = bytes[start..<place]
    while place < bytes.count {
      if bytes[place...].starts(with: tag) {
        place += tag.count
        return .string
      }
      place += 1
    }
    isCut = true
    return .string
  }

  private mutating func skipBlanks() {
    while place < bytes.count {
      if byte() <= 0x20 {
        place += 1
      } else if byte() == UInt8(ascii: "-"), byte(1) == UInt8(ascii: "-") {
        while place < bytes.count, byte() != UInt8(ascii: "\n"), byte() != UInt8(ascii: "\r") { place += 1 }
      } else if byte() == UInt8(ascii: "/"), byte(1) == UInt8(ascii: "*") {
        comment()
      } else {
        return
      }
    }
  }

  private mutating func comment() {
    var depth = 0
    repeat {
      if byte() == UInt8(ascii: "/"), byte(1) == UInt8(ascii: "*") {
        depth += 1
        place += 2
      } else if byte() == UInt8(ascii: "*"), byte(1) == UInt8(ascii: "/") {
        depth -= 1
        place += 2
      } else {
        place += 1
      }
    } while depth > 0 && place < bytes.count
    if depth > 0 { isCut = true }
  }
}
