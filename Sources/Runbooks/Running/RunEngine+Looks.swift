import OpsModel

extension RunEngine {
  private func look(_ place: Place) -> Look {
    let parameters = frames[place.frame]?.runbook.parameters ?? []
    return Look(ports, run: id) { Resolver($0, parameters: parameters) }
  }

  /// One look and what must be so.
  func look(_ check: Check, _ path: String, _ place: Place) async -> Result<(Bool, [String: RunValue]), ExpressionProblem> {
    await look(place).check(check, path, scope(place), isFinal: place.isFinishing)
  }

  func look(_ probe: Probe, _ path: String, _ place: Place) async -> Result<[String: RunValue], ExpressionProblem> {
    await look(place).probe(probe, path, scope(place), isFinal: place.isFinishing)
  }
}
