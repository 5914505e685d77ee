public import OpsModel

/// The values of a run at one place of it.
public struct RunScope: ValueScope, Sendable {
  /// A step that is settled.
  public struct Settled: Sendable {
    public let state: RunHistory.StepState
    public let outputs: [String: RunValue]

    public init(state: RunHistory.StepState, outputs: [String: RunValue]) {
      self.state = state
      self.outputs = outputs
    }
  }

  public var parameters: [String: RunValue] = [:]
  public var run: [String: RunValue] = [:]
  public var steps: [String: Settled] = [:]
  public var host: String?
  /// What a look has just told.
  public var probe: [String: RunValue]?

  public init() {}

  public func value(of path: [String]) throws(ExpressionProblem) -> RunValue {
    switch (path[0], path.count) {
    case ("params", 2): return try Self.found(parameters[path[1]], path)
    case ("run", 2): return try Self.found(run[path[1]], path)
    case ("host", 2) where path[1] == "name": return try Self.found(host.map { .text($0) }, path)
    case ("outputs", 2...):
      guard let probe else { throw ExpressionProblem("nothing was looked at here") }
      return try Self.walk(probe, Array(path.dropFirst()), path)
    case ("steps", 3...):
      guard let step = steps[path[1]] else { throw ExpressionProblem("the step \(SafeText(escaping: path[1])) did not run") }
      if path.count == 3, path[2] == "state" { return .text(step.state.rawValue) }
      guard step.state != .pending else {
        let name = SafeText(escaping: path[1])
        throw ExpressionProblem("the step \(name) did not run; beside this, if: steps.\(name).state == 'ok'")
      }
      return try Self.walk(step.outputs, Array(path.dropFirst(3)), path)
    default: throw ExpressionProblem("\(Self.shown(path)) is nothing")
    }
  }

  /// `json.data.0.name`: names of mappings, places of lists.
  private static func walk(_ values: [String: RunValue], _ rest: [String], _ path: [String]) throws(ExpressionProblem) -> RunValue {
    var value = RunValue.map(values)
    for name in rest {
      switch value {
      case .map(let map): value = try found(map[name], path)
      case .list(let list): value = try found(Int(name).flatMap { list.indices.contains($0) ? list[$0] : nil }, path)
      default: throw ExpressionProblem("\(shown(path)): there is nothing below \(value.kind.words)")
      }
    }
    return value
  }

  private static func found(_ value: RunValue?, _ path: [String]) throws(ExpressionProblem) -> RunValue {
    guard let value else { throw ExpressionProblem("\(shown(path)) is not there") }
    return value
  }

  private static func shown(_ path: [String]) -> SafeText { SafeText(escaping: path.joined(separator: "."), limit: 80) }
}
