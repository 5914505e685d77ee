public import OpsModel

/// Text with `${{ expression }}` in it. It is read once, from left to right; what comes out is never read again, whatever it holds.
public struct Template: Hashable, Sendable {
  public enum Part: Hashable, Sendable {
    case text(String)
    case expression(Expression)
  }

  public let parts: [Part]
  /// As it stands in the file.
  public let source: String

  /// - Throws: `ExpressionProblem`; its place counts from the beginning of the text.
  public init(_ text: String) throws(ExpressionProblem) {
    source = text
    var parts: [Part] = []
    var rest = text[...]
    while let open = rest.range(of: "${{") {
      if open.lower > rest.startIndex { parts.append(.text(String(rest[..<open.lower]))) }
      let place = text.distance(from: text.startIndex, to: open.lower) + 1
      guard let close = rest[open.upper...].range(of: "}}") else { throw ExpressionProblem("${{ has no }}", at: place) }
      do { parts.append(.expression(try Expression.parse(String(rest[open.upper..<close.lower])))) } catch {
        throw ExpressionProblem(error.message, at: place + 2 + (error.character ?? 1))
      }
      rest = rest[close.upper...]
    }
    if !rest.isEmpty { parts.append(.text(String(rest))) }
    self.parts = parts
  }

  /// Text without anything to be filled in.
  public init(literal text: String) {
    source = text
    parts = text.isEmpty ? [] : [.text(text)]
  }

  public var expressions: [Expression] {
    parts.compactMap { part in
      if case .expression(let expression) = part { return expression }
      return nil
    }
  }

  public var isLiteral: Bool { expressions.isEmpty }

  /// Whether it is one expression and nothing else: then its value keeps its kind.
  public var isWhole: Bool { parts.count == 1 && !isLiteral }

  /// What it will be, as far as that is known.
  public func kind(in scope: some TypeScope) throws(ExpressionProblem) -> ValueKind {
    var kinds: [ValueKind] = []
    for expression in expressions { kinds.append(try expression.kind(in: scope)) }
    if isWhole { return kinds[0] }
    if let odd = kinds.first(where: { [.list, .map, .null].contains($0) }) {
      throw ExpressionProblem("\(odd.words) can not stand in a text")
    }
    return .text
  }

  /// - Throws: `ExpressionProblem`.
  public func value(in scope: some ValueScope) throws(ExpressionProblem) -> RunValue {
    if isWhole, case .expression(let expression) = parts[0] { return try expression.value(in: scope) }
    var out = ""
    for part in parts {
      switch part {
      case .text(let text): out += text
      case .expression(let expression):
        let value = try expression.value(in: scope)
        guard let argument = value.argument else { throw ExpressionProblem("\(value.kind.words) can not stand in a text") }
        out += argument
      }
    }
    return .text(out)
  }

  /// The text of it, also where it is one expression.
  public func text(in scope: some ValueScope) throws(ExpressionProblem) -> String {
    let value = try value(in: scope)
    guard let argument = value.argument else { throw ExpressionProblem("\(value.kind.words) is no text: \(value.shown)") }
    return argument
  }
}
