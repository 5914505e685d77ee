public import OpsModel

/// `steps.canary.outputs.failed == 0 && params.limit < 100`: typed, without loops, without calls out, without making text.
public indirect enum Expression: Hashable, Sendable {
  public enum Comparison: String, Hashable, Sendable {
    case equal = "=="
    case different = "!="
    case less = "<"
    case atMost = "<="
    case more = ">"
    case atLeast = ">="
  }

  public enum Function: String, Hashable, Sendable, CaseIterable {
    /// Characters of a text, entries of a list.
    case len
    /// A text in a text, an entry in a list.
    case contains
    case startsWith
    /// How many hundredths the first number is of the second.
    case percent

    var arguments: Int { self == .len ? 1 : 2 }
  }

  case literal(RunValue)
  /// `params.queue`, `steps.look.outputs.waiters`, `outputs.json.active`, `host.name`, `run.env`
  case path([String])
  case not(Expression)
  case and(Expression, Expression)
  case or(Expression, Expression)
  case compare(Comparison, Expression, Expression)
  /// `params.unit in ['a', 'b']`
  case isIn(Expression, Expression)
  /// Of whole numbers: the only arithmetic there is.
  case sum(Expression, Expression)
  case call(Function, [Expression])
  case list([Expression])

  /// Characters and parts of one expression.
  public static let longest = 512
  static let largest = 64

  var size: Int {
    switch self {
    case .literal, .path: 1
    case .not(let inner): 1 + inner.size
    case .and(let left, let right), .or(let left, let right), .compare(_, let left, let right), .isIn(let left, let right),
      .sum(let left, let right):
      1 + left.size + right.size
    case .call(_, let list), .list(let list): 1 + list.map(\.size).reduce(0, +)
    }
  }

  /// Every path that it names.
  public var paths: [[String]] {
    switch self {
    case .literal: []
    case .path(let path): [path]
    case .not(let inner): inner.paths
    case .and(let left, let right), .or(let left, let right), .compare(_, let left, let right), .isIn(let left, let right),
      .sum(let left, let right):
      left.paths + right.paths
    case .call(_, let list), .list(let list): list.flatMap(\.paths)
    }
  }
}

extension Expression {
  /// Whether it takes the value of a parameter.
  public func names(parameter name: String) -> Bool {
    switch self {
    case .literal: false
    case .path(let path): path == ["params", name]
    case .not(let inner): inner.names(parameter: name)
    case .and(let left, let right), .or(let left, let right), .compare(_, let left, let right), .isIn(let left, let right),
      .sum(let left, let right):
      left.names(parameter: name) || right.names(parameter: name)
    case .list(let list), .call(_, let list): list.contains { $0.names(parameter: name) }
    }
  }
}
