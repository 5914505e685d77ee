import OpsModel

extension CeleryConnector: OrphanFinder {
  /// What was handed out and not acknowledged. Whether a worker still has it only the workers know: they are asked where something is to be
  /// done, and here only where nobody is left to be asked.
  func orphans(limit: Int) async throws(Failure) -> [DeadLetter] {
    try await refreshBindings(clock.now())
    await listen()
    let now = clock.now()
    let alive = heard.alive(at: now)
    let listened = heard.listening(at: now)
    return try await CeleryOrphans(source: name, keys: keys, client: client).letters(limit: limit, now: now.unix) { _ in
      if alive > 0 { return .unasked("\(Units.count(alive, "worker")) alive and not asked whether it is theirs") }
      return .free(listened < 5 ? "no worker was heard in \(Units.age(listened))" : "no worker is alive")
    }
  }
}
