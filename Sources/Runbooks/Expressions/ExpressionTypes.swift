public import OpsModel

/// What is known of the values that paths stand for, before a run.
public protocol TypeScope {
  /// - Throws: `ExpressionProblem` for a path that stands for nothing.
  func kind(of path: [String]) throws(ExpressionProblem) -> ValueKind
}

extension Expression {
  /// What it will be, as far as that is known.
  /// - Throws: `ExpressionProblem` for what can not be right in any run.
  public func kind(in scope: some TypeScope) throws(ExpressionProblem) -> ValueKind {
    switch self {
    case .literal(let value): return value.kind
    case .path(let path): return try scope.kind(of: path)
    case .not(let inner): return try Self.bools([inner], "!", scope)
    case .and(let left, let right): return try Self.bools([left, right], "&&", scope)
    case .or(let left, let right): return try Self.bools([left, right], "||", scope)
    case .compare(let comparison, let left, let right): return try Self.compared(comparison, left.kind(in: scope), right.kind(in: scope))
    case .isIn(let left, let right):
      _ = try left.kind(in: scope)
      return try Self.needs([.list, .any], right.kind(in: scope), "right of in", .bool)
    case .sum(let left, let right):
      for side in [left, right] { _ = try Self.needs([.int, .any], side.kind(in: scope), "beside +", .int) }
      return .int
    case .list(let list):
      for one in list { _ = try one.kind(in: scope) }
      return .list
    case .call(let function, let list): return try Self.called(function, list, scope)
    }
  }

  private static func bools(_ parts: [Expression], _ sign: SafeText, _ scope: some TypeScope) throws(ExpressionProblem) -> ValueKind {
    for part in parts { _ = try needs([.bool, .any], part.kind(in: scope), "beside \(sign)", .bool) }
    return .bool
  }

  private static func needs(
    _ wanted: [ValueKind], _ found: ValueKind, _ place: SafeText, _ out: ValueKind
  ) throws(ExpressionProblem) -> ValueKind {
    guard wanted.contains(found) else { throw ExpressionProblem("\(place) stands \(found.words) and not \(wanted[0].words)") }
    return out
  }

  private static func compared(_ comparison: Comparison, _ left: ValueKind, _ right: ValueKind) throws(ExpressionProblem) -> ValueKind {
    switch comparison {
    case .equal, .different:
      guard left.isComparable(to: right) || left == .null || right == .null else {
        throw ExpressionProblem("\(left.words) is never equal to \(right.words)")
      }
    case .less, .atMost, .more, .atLeast:
      guard left.isNumber, right.isNumber else {
        throw ExpressionProblem("only numbers are less or more, not \((left.isNumber ? right : left).words)")
      }
    }
    return .bool
  }

  private static func called(_ function: Function, _ list: [Expression], _ scope: some TypeScope) throws(ExpressionProblem) -> ValueKind {
    var kinds: [ValueKind] = []
    for one in list { kinds.append(try one.kind(in: scope)) }
    let name = SafeText(escaping: function.rawValue)
    switch function {
    case .len: return try needs([.list, .text, .any], kinds[0], "in \(name)", .int)
    case .contains: return try needs([.text, .list, .any], kinds[0], "first in \(name)", .bool)
    case .startsWith:
      for kind in kinds { _ = try needs([.text, .any], kind, "in \(name)", .bool) }
      return .bool
    case .percent:
      for kind in kinds { _ = try needs([.number, .int, .any], kind, "in \(name)", .number) }
      return .number
    }
  }
}
