import OpsModel

/// Words and signs of an expression.
struct ExpressionLexer {
  enum Token: Equatable {
    /// A name, or names with dots between them.
    case path([String])
    case value(RunValue)
    case sign(String)
  }

  struct Placed {
    let token: Token
    /// From 1.
    let character: Int
  }

  private static let signs = ["&&", "||", "==", "!=", "<=", ">=", "<", ">", "!", "+", "(", ")", "[", "]", ","]

  private let characters: [Character]
  private var place = 0

  private init(_ text: String) { characters = Array(text) }

  static func tokens(_ text: String) throws(ExpressionProblem) -> [Placed] {
    guard text.count <= Expression.longest else { throw ExpressionProblem("it is longer than \(Expression.longest) characters") }
    var lexer = ExpressionLexer(text)
    var out: [Placed] = []
    while let next = try lexer.next() { out.append(next) }
    return out
  }

  private mutating func next() throws(ExpressionProblem) -> Placed? {
    while place < characters.count, characters[place].isWhitespace { place += 1 }
    guard place < characters.count else { return nil }
    let begin = place + 1
    let first = characters[place]
    if first == "'" || first == "\"" { return Placed(token: .value(.text(try quoted(first))), character: begin) }
    if Self.isDigit(first) || (first == "-" && place + 1 < characters.count && Self.isDigit(characters[place + 1])) {
      return Placed(token: .value(try number()), character: begin)
    }
    if Self.isNameStart(first) {
      let word = word()
      if case .path(let path) = word, path != ["in"], place < characters.count, characters[place] == "[" { throw brackets(path) }
      return Placed(token: word, character: begin)
    }
    for sign in Self.signs where characters[place...].starts(with: sign) {
      place += sign.count
      return Placed(token: .sign(sign), character: begin)
    }
    throw ExpressionProblem("\(SafeText(escaping: String(first))) means nothing here", at: begin)
  }

  /// `outputs.rows[0].n`, as other languages write it: says how it is written here.
  private func brackets(_ path: [String]) -> ExpressionProblem {
    let rest = characters[place...].prefix { Self.isNameStart($0) || Self.isDigit($0) || "[]'\".".contains($0) }
    let parts = String(rest).split { "[]'\".".contains($0) }.map(String.init)
    guard path.last == "rows", let number = parts.first, let name = parts.dropFirst().first else {
      let whole = SafeText(escaping: (path + parts).joined(separator: "."), limit: 100)
      return ExpressionProblem("a place in a list is written with a dot: \(whole)", at: place + 1)
    }
    let (row, column) = (SafeText(escaping: number, limit: 20), SafeText(escaping: name, limit: 60))
    let here = SafeText(escaping: path.dropLast().joined(separator: "."), limit: 80)
    return ExpressionProblem(
      "a row has no [ ]: write outputs: {\(column): {from: rows, path: \(row).\(column), type: int}} beside the query, and \(here).\(column) here",
      at: place + 1)
  }

  private mutating func quoted(_ quote: Character) throws(ExpressionProblem) -> String {
    let begin = place + 1
    place += 1
    var out = ""
    while place < characters.count {
      let character = characters[place]
      place += 1
      if character == quote { return out }
      if character == "\\", place < characters.count {
        out.append(characters[place])
        place += 1
      } else {
        out.append(character)
      }
    }
    throw ExpressionProblem("the text that begins here has no end", at: begin)
  }

  private mutating func number() throws(ExpressionProblem) -> RunValue {
    let begin = place
    place += 1
    while place < characters.count, Self.isDigit(characters[place]) || characters[place] == "." { place += 1 }
    let text = String(characters[begin..<place])
    if let whole = Int(text) { return .int(whole) }
    if let number = Double(text), number.isFinite { return .number(number) }
    throw ExpressionProblem("\(SafeText(escaping: text)) is no number", at: begin + 1)
  }

  private mutating func word() -> Token {
    var parts = [""]
    while place < characters.count {
      let character = characters[place]
      if Self.isNameStart(character) || Self.isDigit(character) {
        parts[parts.count - 1].append(character)
      } else if character == ".", place + 1 < characters.count,
        Self.isNameStart(characters[place + 1]) || Self.isDigit(characters[place + 1])
      {
        parts.append("")
      } else {
        break
      }
      place += 1
    }
    switch parts {
    case ["true"]: return .value(.bool(true))
    case ["false"]: return .value(.bool(false))
    case ["null"]: return .value(.null)
    default: return .path(parts)
    }
  }

  private static func isDigit(_ character: Character) -> Bool { character.isASCII && character.isNumber }
  private static func isNameStart(_ character: Character) -> Bool { character == "_" || (character.isASCII && character.isLetter) }
}
