import OpsModel

extension Expression {
  /// - Throws: `ExpressionProblem` with the place.
  public static func parse(_ text: String) throws(ExpressionProblem) -> Expression {
    var parser = ExpressionParser(try ExpressionLexer.tokens(text))
    let found = try parser.whole()
    guard found.size <= largest else { throw ExpressionProblem("it has more than \(largest) parts") }
    return found
  }
}

/// `||` binds least, then `&&`, `!`, comparisons and `in`, `+`.
private struct ExpressionParser {
  private let tokens: [ExpressionLexer.Placed]
  private var place = 0
  private var depth = 0

  init(_ tokens: [ExpressionLexer.Placed]) { self.tokens = tokens }

  mutating func whole() throws(ExpressionProblem) -> Expression {
    guard !tokens.isEmpty else { throw ExpressionProblem("it is empty") }
    let out = try either()
    if place < tokens.count { throw ExpressionProblem("the expression has ended before this", at: tokens[place].character) }
    return out
  }

  private mutating func take(_ sign: String) -> Bool {
    guard place < tokens.count, tokens[place].token == .sign(sign) else { return false }
    place += 1
    return true
  }

  private mutating func expect(_ sign: String) throws(ExpressionProblem) {
    let here = place < tokens.count ? tokens[place].character : nil
    guard take(sign) else { throw ExpressionProblem("\(SafeText(escaping: sign)) is missing", at: here) }
  }

  private mutating func either() throws(ExpressionProblem) -> Expression {
    depth += 1
    defer { depth -= 1 }
    // Every level of brackets comes through here: the stack is not for whoever writes a file.
    guard depth <= Expression.largest else { throw ExpressionProblem("it stands too deep in itself") }
    var out = try both()
    while take("||") { out = .or(out, try both()) }
    return out
  }

  private mutating func both() throws(ExpressionProblem) -> Expression {
    var out = try negated()
    while take("&&") { out = .and(out, try negated()) }
    return out
  }

  private mutating func negated() throws(ExpressionProblem) -> Expression {
    var times = 0
    while take("!") { times += 1 }
    let inner = try compared()
    guard times < Expression.largest else { throw ExpressionProblem("it has more than \(Expression.largest) parts") }
    return (0..<times).reduce(inner) { out, _ in .not(out) }
  }

  private mutating func compared() throws(ExpressionProblem) -> Expression {
    let left = try summed()
    guard place < tokens.count else { return left }
    switch tokens[place].token {
    case .sign(let sign):
      guard let comparison = Expression.Comparison(rawValue: sign) else { return left }
      place += 1
      return .compare(comparison, left, try summed())
    case .path(["in"]):
      place += 1
      return .isIn(left, try summed())
    default: return left
    }
  }

  private mutating func summed() throws(ExpressionProblem) -> Expression {
    var out = try single()
    while take("+") { out = .sum(out, try single()) }
    return out
  }

  private mutating func single() throws(ExpressionProblem) -> Expression {
    guard place < tokens.count else { throw ExpressionProblem("a value is missing at the end") }
    let here = tokens[place]
    place += 1
    switch here.token {
    case .value(let value): return .literal(value)
    case .sign("("):
      let inner = try either()
      try expect(")")
      return inner
    case .sign("["): return .list(try arguments(until: "]"))
    case .sign(let sign): throw ExpressionProblem("a value is missing before \(SafeText(escaping: sign))", at: here.character)
    case .path(let path):
      guard take("(") else { return .path(path) }
      return try call(path, here.character)
    }
  }

  private mutating func call(_ path: [String], _ character: Int) throws(ExpressionProblem) -> Expression {
    let name = path.joined(separator: ".")
    guard let function = Expression.Function(rawValue: name) else {
      let near = Nearest.word(to: name, in: Expression.Function.allCases.map(\.rawValue)).map { "; did you mean \($0)?" } ?? ""
      throw ExpressionProblem("there is no function \(SafeText(escaping: name + near))", at: character)
    }
    let list = try arguments(until: ")")
    guard list.count == function.arguments else {
      throw ExpressionProblem("\(SafeText(escaping: name)) takes \(Units.count(function.arguments, "value"))", at: character)
    }
    return .call(function, list)
  }

  private mutating func arguments(until end: String) throws(ExpressionProblem) -> [Expression] {
    var out: [Expression] = []
    if take(end) { return out }
    while true {
      out.append(try either())
      guard take(",") else { break }
    }
    try expect(end)
    return out
  }
}
