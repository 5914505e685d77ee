/// What `/` understands: `state:busy age>60s name~mail -idle "two words"`.
///
/// Terms are joined by *and*. A bare word is literal text, looked for in every text column; `field:value` is equal, `field~text`
/// contains, `field>n` and the like compare numbers (`60s`, `5m`, `2h`, `10k`, `1.5M`, `64MB`); a leading `-` turns a term round.
/// Case does not count. There are no patterns: what is typed is what is looked for.
public struct Filter: Hashable, Sendable {
  public enum Comparison: String, Hashable, Sendable {
    case equals = ":"
    case contains = "~"
    case above = ">"
    case below = "<"
    case atLeast = ">="
    case atMost = "<="
  }

  struct Term: Hashable, Sendable {
    let isNegated: Bool
    /// Nil: any text column.
    let field: String?
    let comparison: Comparison
    let text: String
    let number: Double?
  }

  let terms: [Term]

  public static let all = Filter(terms: [])

  public var isEmpty: Bool { terms.isEmpty }

  /// - Parameter value: what a row holds in a field.
  public func matches(_ fields: [FilterField], _ value: (String) -> FilterValue) -> Bool {
    terms.allSatisfy { $0.matches(fields, value) != $0.isNegated }
  }
}

/// A column that a filter may name.
public struct FilterField: Hashable, Sendable {
  public enum Shape: Hashable, Sendable { case text, number }

  public let name: String
  public let shape: Shape
  /// Other names that people try: the heading, `name`, `age`.
  public let aliases: [String]

  public init(_ name: String, _ shape: Shape, aliases: [String] = []) {
    self.name = name
    self.shape = shape
    self.aliases = aliases
  }
}

/// What a row holds in a column.
public enum FilterValue: Hashable, Sendable {
  case text(SafeText)
  case number(Double)
  /// Not known: no comparison holds.
  case unknown
}

extension Filter.Term {
  func matches(_ fields: [FilterField], _ value: (String) -> FilterValue) -> Bool {
    guard let field else {
      return fields.contains { $0.shape == .text && holds(value($0.name)) }
    }
    return holds(value(field))
  }

  private func holds(_ value: FilterValue) -> Bool {
    switch value {
    case .unknown: return false
    case .text(let safe):
      let have = safe.text.lowercased()
      return comparison == .equals ? have == text : have.contains(text)
    case .number(let have):
      guard let number else { return false }
      switch comparison {
      case .equals, .contains: return have == number
      case .above: return have > number
      case .below: return have < number
      case .atLeast: return have >= number
      case .atMost: return have <= number
      }
    }
  }
}
