import OpsModel

extension RunEngine {
  /// A step on many hosts: batch after batch, and within one a few at once.
  func hosts(_ step: Step, _ path: String, _ place: Place) async throws(Stop) {
    guard let template = step.hosts else { return }
    let hosts: [String]
    do throws(ExpressionProblem) { hosts = try resolver(place).hosts(template) } catch {
      return try settle(step, path, place, .failed, [:], error.message)
    }
    var failed: [String] = []
    for (index, batch) in step.strategy.batches(of: hosts).enumerated() {
      if index > 0 {
        await sleep(step.strategy.pause)
        try boundary()
        if let why = await closedGate(step, path, place) { return try settle(step, path, place, .failed, [:], why) }
      }
      failed += try await run(batch, step, path, place)
      if failed.count > step.strategy.failures { break }
    }
    let outputs: [String: RunValue] = ["failed": .list(failed.map { .text($0) }), "hosts": .int(hosts.count)]
    let isWell = failed.count <= step.strategy.failures
    let names = SafeText(escaping: failed.prefix(10).joined(separator: ", "), limit: 300)
    try settle(step, path, place, isWell ? .ok : .failed, outputs, failed.isEmpty ? "" : "failed on \(names)")
  }

  private func closedGate(_ step: Step, _ path: String, _ place: Place) async -> SafeText? {
    for check in step.strategy.gate {
      switch await look(check, path, place) {
      case .success((true, _)): continue
      case .success((false, _)): return "the gate between two batches is closed: \(check.message ?? "what must hold does not")"
      case .failure(let problem): return "the gate between two batches can not be looked at: \(problem.message)"
      }
    }
    return nil
  }

  /// - Returns: hosts on which it failed.
  private func run(_ batch: [String], _ step: Step, _ path: String, _ place: Place) async throws(Stop) -> [String] {
    let (failed, rest, stop) = await withTaskGroup(of: (String, Stop?).self) { group in
      var failed: [String] = []
      var rest = batch[...]
      var stop: Stop?
      func next() {
        // A host that was not begun stays so when an operator wants it to end.
        guard stop == nil, isFinishing || control.wish == .goOn, let host = rest.popFirst() else { return }
        group.addTask { await (host, self.one(host, step, path, place)) }
      }
      for _ in 0..<step.strategy.parallel { next() }
      for await (host, problem) in group {
        switch problem {
        case nil: next()
        case .failed:
          failed.append(host)
          if failed.count <= step.strategy.failures { next() }
        case let other: stop = stop ?? other
        }
      }
      return (failed, rest.count, stop)
    }
    if let stop { throw stop }
    if rest > 0, failed.count <= step.strategy.failures { try boundary() }
    return failed
  }

  /// All that is done on one host. A pause lets it come to its end; a cancel does not.
  private func one(_ host: String, _ step: Step, _ path: String, _ place: Place) async -> Stop? {
    let key = "\(path)/\(host)"
    let place = Place(frame: place.frame, host: host, key: key)
    // Nobody asks for these once the host is done.
    defer { local[key] = nil }
    do throws(Stop) {
      if step.action != nil {
        if try !isSettled(step, key, place) { try await attempts(step, key, place) }
      } else {
        for inner in step.perHost {
          try boundary(place)
          try await one(inner, "\(key)/\(inner.id)", place)
        }
      }
    } catch {
      switch error {
      // What is always done comes when the host is at its end, and it is not.
      case .journal, .paused: return error
      case .failed, .cancelled: return await last(step, key, place) ?? error
      }
    }
    return await last(step, key, place)
  }

  /// For every host that was begun and came to an end.
  private func last(_ step: Step, _ key: String, _ place: Place) async -> Stop? {
    var failed: Stop?
    for inner in step.perHostFinally {
      do throws(Stop) { try await one(inner, "\(key)/\(inner.id)", place) } catch {
        if case .failed = error { failed = failed ?? error } else { return error }
      }
    }
    return failed
  }
}
