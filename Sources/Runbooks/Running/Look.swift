import Gate
public import OpsModel

/// A look and what must be so, at a plan and in a run alike.
public struct Look: Sendable {
  private let ports: any StepPorts
  private let run: RunID
  private let resolver: @Sendable (RunScope) -> Resolver

  public init(_ ports: any StepPorts, run: RunID, resolver: @escaping @Sendable (RunScope) -> Resolver) {
    self.ports = ports
    self.run = run
    self.resolver = resolver
  }

  /// - Parameter isFinal: an operator's cancel does not end it.
  /// - Returns: whether it holds, and what was seen.
  public func check(
    _ check: Check, _ path: String, _ scope: RunScope, isFinal: Bool = false
  ) async -> Result<(Bool, [String: RunValue]), ExpressionProblem> {
    var scope = scope
    var seen: [String: RunValue] = [:]
    if let probe = check.probe {
      switch await self.probe(probe, path, scope, isFinal: isFinal) {
      case .success(let outputs):
        seen = outputs
        scope.probe = outputs
        if !check.id.isEmpty { scope.steps[check.id] = .init(state: .ok, outputs: outputs) }
      case .failure(let problem): return .failure(problem)
      }
    }
    do throws(ExpressionProblem) { return .success((try check.that.isTrue(in: scope), seen)) } catch { return .failure(error) }
  }

  public func probe(
    _ probe: Probe, _ path: String, _ scope: RunScope, isFinal: Bool = false
  ) async -> Result<[String: RunValue], ExpressionProblem> {
    let resolved: ResolvedAction
    do throws(ExpressionProblem) { resolved = try resolver(scope).resolve(probe.action) } catch { return .failure(error) }
    let context = StepContext(
      run: run, step: path, host: scope.host, timeout: probe.timeout, idempotencyKey: "\(run.text)/\(path)", isRead: true, isProbe: true,
      isFinal: isFinal,
      parameters: scope.parameters)
    switch await ports.perform(resolved, context) {
    case .done(let outputs), .noChange(let outputs): return .success(Output.taken(probe.outputs, from: outputs))
    case let end: return .failure(ExpressionProblem(end.message))
    }
  }
}
