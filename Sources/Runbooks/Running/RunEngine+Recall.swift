import OpsModel

/// What earlier lives of a run have left for this one to know: a step may be told by `finally` alone, and that may be all this life does.
extension RunEngine {
  func recall(_ runbook: Runbook, _ place: Place, _ prefix: String) {
    recall(runbook.steps, place, prefix)
    recall(runbook.onFailure, place, "\(prefix)on_failure/")
    recall(runbook.finally, place, "\(prefix)finally/")
  }

  func recall(_ steps: [Step], _ place: Place, _ prefix: String) {
    for step in steps {
      let known = history.step(prefix + step.id)
      if known.state.isSettled { keep(step, place, .init(state: known.state, outputs: known.outputs)) }
    }
  }

  /// What steps say of preconditions by name; whether these hold is looked at again before the first change.
  func recallConditions() async {
    for check in frames[""]?.runbook.preconditions ?? [] where !check.id.isEmpty && check.probe != nil {
      guard case .success(let (_, seen)) = await look(check, "preconditions/\(check.id)", .whole) else { continue }
      frames[""]?.scope.steps[check.id] = .init(state: .ok, outputs: seen)
    }
  }

  /// Runbooks that steps had called, and that were cut off, owe what they always do.
  func callsLeft(_ steps: [Step]) async throws(Stop) {
    for step in steps {
      let path = step.id
      guard case .runbook? = step.action, history.step(path).state == .waiting, !broughtCalls.contains(path) else { continue }
      guard let action = step.action, case .runbook(_, let hash, let values)? = try? resolver(.whole).resolve(action),
        let inner = books[hash], enter(inner, values, path) == nil
      else {
        try outcome(.failed, path, .whole, "what it always does is not done: it can not be begun again with the values it had")
        continue
      }
      try await left(inner, Place(frame: path, host: nil, key: "", isFinishing: true), path)
      try outcome(.cancelled, path, .whole, "the run ended before it")
    }
  }
}
