import OpsModel

extension SidekiqConnector: OrphanFinder {
  /// Jobs of processes that beat no more, as long as their copy is still there: Sidekiq keeps it for a minute.
  func orphans(limit: Int) async throws(Failure) -> [DeadLetter] {
    let processes = try await RedisReading.members(of: keys.processes, client).members
    let poll = SidekiqPoll(source: name, keys: keys, queues: [], heads: [], processes: processes)
    let result = try poll.read(try await client.run(poll.commands))
    var found: [DeadLetter] = []
    for (identity, process) in zip(processes, result.processes) {
      let beat = process.fields.count > 2 ? process.fields[2].number : nil
      let age = beat.map { result.now - $0 }
      guard (age ?? .infinity) > SidekiqPoll.deadAfter else { continue }
      for (thread, value) in process.work where found.count < limit {
        guard let work = SidekiqWork(value) else { continue }
        found.append(orphan(identity, thread, value, work, beat: beat, age: age))
      }
    }
    return found
  }

  private func orphan(
    _ identity: [UInt8], _ thread: [UInt8], _ value: [UInt8], _ work: SidekiqWork, beat: Double?, age: Double?
  ) -> DeadLetter {
    let target = Target(
      scope: identity, key: SidekiqOrphanKey.key(thread: thread, beat: beat), version: Version(of: value), position: work.runAt ?? 0)
    var letter = DeadLetter(
      source: name, target: target, kind: .orphan, name: work.payload?.text("jid", limit: 80) ?? SafeText(bytes: thread, limit: 80),
      queue: SafeText(bytes: work.queue, limit: 200))
    letter.task = work.payload?.task
    letter.arguments = work.payload?.arguments
    letter.errorType = "orphan"
    let silent: SafeText = age.map { "silent for \(Units.age($0))" } ?? "without a record"
    letter.message = "process \(SafeText(bytes: identity, limit: 100)) is \(silent)"
    letter.failedAt = work.runAt
    letter.createdAt = work.payload?.time("created_at")
    if work.payload == nil { letter.whyNot = "its bytes are not a Sidekiq job" }
    return letter
  }
}

/// The key of an orphan: the thread that had it, and the last beat of its process, which must still be the last when it is recovered.
enum SidekiqOrphanKey {
  static func key(thread: [UInt8], beat: Double?) -> [UInt8] { thread + [0] + (beat.map { Array(String($0).utf8) } ?? []) }

  static func parts(_ key: [UInt8]) -> (thread: [UInt8], beat: [UInt8]) {
    guard let split = key.firstIndex(of: 0) else { return (key, []) }
    return (Array(key[..<split]), Array(key[(split + 1)...]))
  }
}
