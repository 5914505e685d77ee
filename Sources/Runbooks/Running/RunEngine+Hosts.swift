import OpsModel

extension RunEngine {
  /// A step on many hosts: batch after batch, and within one a few at once.
  func hosts(_ step: Step, _ path: String, _ place: Place) async throws(Stop) {
    guard let template = step.hosts else { return }
    let all: [String]
    do throws(ExpressionProblem) { all = try resolver(place).hosts(template) } catch {
      return try settle(step, path, place, .failed, [:], error.message)
    }
    // What the run had done whose rest this is has no place in a batch.
    let hosts = all.filter { !history.carried.contains("\(path)/\($0)") }
    var failed: [String] = []
    for (index, batch) in step.strategy.batches(of: hosts).enumerated() {
      if index > 0 {
        await sleep(step.strategy.pause, place)
        try boundary(place)
        if let why = await closedGate(step, path, place) { return try settle(step, path, place, .failed, [:], why) }
      }
      failed += try await run(batch, step, path, place)
      if failed.count > step.strategy.failures { break }
    }
    let outputs: [String: RunValue] = ["failed": .list(failed.map { .text($0) }), "hosts": .int(all.count)]
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
        guard stop == nil, place.isFinishing || control.wish == .goOn, let host = rest.popFirst() else { return }
        group.addTask { await (host, self.one(host, step, path, place)) }
      }
      for _ in 0..<step.strategy.parallel { next() }
      for await (host, problem) in group {
        switch problem {
        case nil: next()
        case .failed:
          failed.append(host)
          if failed.count <= step.strategy.failures { next() }
        // What is in doubt on one host is asked about, also where another one was just cancelled.
        case let other?: stop = stop.map { $0.weight >= other.weight ? $0 : other } ?? other
        }
      }
      return (failed, rest.count, stop)
    }
    if let stop { throw stop }
    if rest > 0, failed.count <= step.strategy.failures { try boundary(place) }
    return failed
  }

  /// All that is done on one host. A pause lets it come to its end; a cancel does not.
  private func one(_ host: String, _ step: Step, _ path: String, _ place: Place) async -> Stop? {
    let key = "\(path)/\(host)"
    let place = Place(frame: place.frame, host: host, key: key, isFinishing: place.isFinishing)
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
    brought.insert(key)
    var failed: Stop?
    for inner in step.perHostFinally {
      do throws(Stop) { try await one(inner, "\(key)/\(inner.id)", place.finishing) } catch {
        switch error {
        case .journal, .paused: return error
        case .failed, .cancelled: failed = failed ?? error
        }
      }
    }
    return failed
  }

  /// A run that ends owes what is always done to the hosts that an earlier life had begun and this one did not come to.
  func hostsLeft(_ steps: [Step], _ frame: String, _ prefix: String) async throws(Stop) {
    for step in steps where !step.perHostFinally.isEmpty {
      let path = prefix + step.id
      var begun: [String] = []
      for entry in history.order where entry.hasPrefix(path + "/") {
        if let host = history.step(entry).host, !begun.contains(host) { begun.append(host) }
      }
      for host in begun {
        let key = "\(path)/\(host)"
        let place = Place(frame: frame, host: host, key: key)
        let isDone = step.perHostFinally.allSatisfy { history.step("\(key)/\($0.id)").state.isSettled }
        guard !isDone, !brought.contains(key) else { continue }
        recall(step.perHost, place, "\(key)/")
        let stop = await last(step, key, place)
        local[key] = nil
        if let stop, stop.weight > Stop.cancelled("").weight { throw stop }
      }
    }
  }
}
