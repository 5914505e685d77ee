import OpsModel

extension RunEngine {
  /// Another runbook as a step: that file and no other, with values of its own, in the same journal.
  func call(_ id: String, _ hash: String, _ values: [String: RunValue], _ path: String, _ outer: Place) async throws(Stop) -> Settled {
    let name = SafeText(escaping: id, limit: 63)
    guard let inner = books[hash], inner.id == id else {
      return (.failed, [:], "the runbook \(name) with the hash \(SafeText(escaping: hash, limit: 12))… is not in the plan")
    }
    var scope = RunScope()
    do throws(ParameterBinding.Problems) {
      scope.parameters = try ParameterBinding.bind(values.mapValues(Self.texts), to: inner.parameters)
    } catch { return (.failed, [:], "\(name): \(SafeText.join(error.list, "; "))") }
    scope.run = frames[""]?.scope.run ?? [:]
    frames[path] = RunFrame(runbook: inner, scope: scope)
    let place = Place(frame: path, host: nil, key: "", isFinishing: outer.isFinishing)
    try waiting(path, "the runbook \(id)", outer)
    var end: Settled = (.ok, ["state": .text("succeeded")], "")
    do throws(Stop) {
      try await steps(inner.steps, place, "\(path)/")
    } catch {
      if case .cancelled = error { try await last(inner.finally, place, "\(path)/finally/") }
      guard case .failed(let why) = error else { throw error }
      end = (.failed, ["state": .text("failed")], why)
      do throws(Stop) { try await steps(inner.onFailure, place, "\(path)/on_failure/") } catch {
        if case .failed = error {} else { throw error }
      }
    }
    try await last(inner.finally, place, "\(path)/finally/")
    return end
  }

  private static func texts(_ value: RunValue) -> [String] {
    if case .list(let list) = value { return list.compactMap(\.argument) }
    return value.argument.map { [$0] } ?? []
  }
}
