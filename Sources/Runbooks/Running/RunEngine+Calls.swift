import OpsModel

extension RunEngine {
  /// Another runbook as a step: that file and no other, with values of its own, in the same journal.
  func call(_ id: String, _ hash: String, _ values: [String: RunValue], _ path: String, _ outer: Place) async throws(Stop) -> Settled {
    let name = SafeText(escaping: id, limit: 63)
    guard let inner = books[hash], inner.id == id else {
      return (.failed, [:], "the runbook \(name) with the hash \(SafeText(escaping: hash, limit: 12))… is not in the plan")
    }
    if let problem = enter(inner, values, path) { return (.failed, [:], "\(name): \(problem)") }
    let place = Place(frame: path, host: nil, key: "", isFinishing: outer.isFinishing)
    try waiting(path, "the runbook \(id)", outer)
    var end: Settled = (.ok, ["state": .text("succeeded")], "")
    do throws(Stop) {
      if let why = try await body(inner, place, path) { end = (.failed, ["state": .text("failed")], why) }
    } catch {
      if case .cancelled = error {
        try await left(inner, place, path)
        try outcome(.cancelled, path, outer, "the run was cancelled in it")
      }
      throw error
    }
    try await left(inner, place, path)
    return end
  }

  /// - Returns: why it failed; what it does then is done.
  private func body(_ inner: Runbook, _ place: Place, _ path: String) async throws(Stop) -> SafeText? {
    do throws(Stop) { try await steps(inner.steps, place, "\(path)/") } catch {
      guard case .failed(let why) = error else { throw error }
      neverBegan(inner, path)
      do throws(Stop) { try await steps(inner.onFailure, place, "\(path)/on_failure/") } catch {
        if case .failed = error {} else { throw error }
      }
      return why
    }
    return nil
  }

  /// What a runbook that ends has always to do.
  func left(_ inner: Runbook, _ place: Place, _ path: String) async throws(Stop) {
    neverBegan(inner, path)
    try await hostsLeft(inner.steps, path, "\(path)/")
    try await last(inner.finally, place, "\(path)/finally/")
    broughtCalls.insert(path)
  }

  /// Steps that the run did not come to are `pending` for what is done at its end: `if: steps.x.state == 'ok'` is an answer there.
  func neverBegan(_ runbook: Runbook, _ frame: String) {
    for step in runbook.steps where frames[frame]?.scope.steps[step.id] == nil {
      let state = history.step(frame.isEmpty ? step.id : "\(frame)/\(step.id)").state
      frames[frame]?.scope.steps[step.id] = .init(state: state, outputs: [:])
    }
  }

  /// Begins a runbook with its values, and with what earlier lives have done of it.
  /// - Returns: why it can not take these.
  func enter(_ inner: Runbook, _ values: [String: RunValue], _ path: String) -> SafeText? {
    var scope = RunScope()
    do throws(ParameterBinding.Problems) {
      scope.parameters = try ParameterBinding.bind(values.mapValues(Self.texts), to: inner.parameters)
    } catch { return SafeText.join(error.list, "; ") }
    scope.run = frames[""]?.scope.run ?? [:]
    frames[path] = RunFrame(runbook: inner, scope: scope)
    recall(inner, Place(frame: path, host: nil, key: ""), "\(path)/")
    return nil
  }

  private static func texts(_ value: RunValue) -> [String] {
    if case .list(let list) = value { return list.compactMap(\.argument) }
    return value.argument.map { [$0] } ?? []
  }
}
