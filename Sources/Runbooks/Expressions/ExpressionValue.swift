public import OpsModel

/// The values of a run.
public protocol ValueScope {
  /// - Throws: `ExpressionProblem` for what there is no value of: a step that did not run, an output that did not come.
  func value(of path: [String]) throws(ExpressionProblem) -> RunValue
}

extension Expression {
  /// - Throws: `ExpressionProblem`; values of the wrong kind are an error and never converted.
  public func value(in scope: some ValueScope) throws(ExpressionProblem) -> RunValue {
    switch self {
    case .literal(let value): return value
    case .path(let path): return try scope.value(of: path)
    case .not(let inner): return .bool(try !inner.isTrue(in: scope))
    // The second is not looked at where the first decides: it may stand for what is only there then.
    case .and(let left, let right): return .bool(try left.isTrue(in: scope) ? try right.isTrue(in: scope) : false)
    case .or(let left, let right): return .bool(try left.isTrue(in: scope) ? true : try right.isTrue(in: scope))
    case .compare(let comparison, let left, let right):
      return .bool(try Self.compare(comparison, left.value(in: scope), right.value(in: scope)))
    case .isIn(let left, let right):
      guard case .list(let list) = try right.value(in: scope) else { throw ExpressionProblem("right of in stands no list") }
      let value = try left.value(in: scope)
      return .bool(list.contains { Self.isEqual($0, value) })
    case .sum(let left, let right): return try Self.sum(left.value(in: scope), right.value(in: scope))
    case .list(let list):
      var out: [RunValue] = []
      for one in list { out.append(try one.value(in: scope)) }
      return .list(out)
    case .call(let function, let list):
      var values: [RunValue] = []
      for one in list { values.append(try one.value(in: scope)) }
      return try Self.call(function, values)
    }
  }

  /// - Throws: `ExpressionProblem`, also where it is neither true nor false.
  public func isTrue(in scope: some ValueScope) throws(ExpressionProblem) -> Bool {
    let value = try value(in: scope)
    guard case .bool(let flag) = value else { throw ExpressionProblem("\(value.shown) is neither true nor false") }
    return flag
  }

  private static func sum(_ left: RunValue, _ right: RunValue) throws(ExpressionProblem) -> RunValue {
    guard case .int(let one) = left, case .int(let two) = right else { throw ExpressionProblem("only whole numbers are added") }
    let (sum, isOver) = one.addingReportingOverflow(two)
    guard !isOver else { throw ExpressionProblem("the sum of \(one) and \(two) is too large") }
    return .int(sum)
  }

  static func isEqual(_ left: RunValue, _ right: RunValue) -> Bool {
    if let one = left.double, let two = right.double { return one == two }
    // Byte by byte: what only looks alike is not the same.
    if case .text(let one) = left, case .text(let two) = right { return one.utf8.elementsEqual(two.utf8) }
    return left == right
  }

  private static func compare(_ comparison: Comparison, _ left: RunValue, _ right: RunValue) throws(ExpressionProblem) -> Bool {
    if comparison == .equal || comparison == .different {
      guard left.kind.isComparable(to: right.kind) || left == .null || right == .null else {
        throw ExpressionProblem("\(left.shown) and \(right.shown) can not be compared: \(left.kind.words) and \(right.kind.words)")
      }
      return isEqual(left, right) == (comparison == .equal)
    }
    guard let one = left.double, let two = right.double else {
      throw ExpressionProblem("\(left.shown) and \(right.shown): only numbers are less or more")
    }
    return switch comparison {
    case .less: one < two
    case .atMost: one <= two
    case .more: one > two
    default: one >= two
    }
  }

  private static func call(_ function: Function, _ values: [RunValue]) throws(ExpressionProblem) -> RunValue {
    switch (function, values[0], values.count > 1 ? values[1] : .null) {
    case (.len, .list(let list), _): return .int(list.count)
    case (.len, .text(let text), _): return .int(text.count)
    case (.contains, .list(let list), let value): return .bool(list.contains { isEqual($0, value) })
    case (.contains, .text(let text), .text(let part)): return .bool(part.isEmpty || text.range(of: part) != nil)
    case (.startsWith, .text(let text), .text(let part)): return .bool(text.utf8.starts(with: part.utf8))
    case (.percent, let part, let whole):
      guard let part = part.double, let whole = whole.double else { break }
      guard whole != 0 else { throw ExpressionProblem("a share of nothing is not known") }
      return .number(part / whole * 100)
    default: break
    }
    throw ExpressionProblem("\(SafeText(escaping: function.rawValue)) does not take \(SafeText.join(values.map(\.shown), ", "))")
  }
}
