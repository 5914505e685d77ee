import Gate
import OpsModel

/// What becomes of Sidekiq's jobs, for the preview that reads and for the receipt of the script: one reason for both.
struct SidekiqVerdicts {
  let keys: SidekiqKeys
  let client: RedisClient
  let verb: Verb

  /// - Parameter code: as in `ScriptCode`.
  static func verdict(_ code: Int?, _ verb: Verb) -> TargetVerdict {
    let outcome = ScriptCode.outcome(code)
    switch (outcome, verb) {
    case (.conflict, .restore): return TargetVerdict(.conflict, "the same job is there already; left alone")
    case (.conflict, _): return TargetVerdict(.conflict, "its process beats again; left alone")
    case (.failed, _): return TargetVerdict(.failed, "its queue is a key of another type; left alone")
    case (.absent, .recover): return TargetVerdict(.absent, "its copy no longer exists: Sidekiq keeps it for a minute")
    default: return TargetVerdict(outcome)
    }
  }

  static let unusable = TargetVerdict(.payloadMissing, "it names no queue, or is not a Sidekiq job; left alone")

  /// The queue that a job goes back to; nil for bytes that are no job.
  static func queue(of member: [UInt8]) -> [UInt8]? {
    JSONScan.member(member, "class") == nil ? nil : JSONScan.string(JSONScan.member(member, "queue"))
  }

  // MARK: Dead jobs

  /// - Returns: beside the verdicts the queues of those that would move.
  func read(_ targets: [Target]) async throws(Failure) -> (verdicts: [TargetVerdict], queues: [[UInt8]]) {
    let found = try await SidekiqMembers(keys: keys, client: client).members(of: targets)
    let queues = found.map { $0.flatMap { Self.queue(of: $0) } }
    let wrong = verb == .discard ? [] : try await wrongQueues(Set(queues.compactMap { $0 }))
    var seen: Set<[UInt8]> = []
    let verdicts = targets.indices.map { index -> TargetVerdict in
      guard let member = found[index] else { return Self.verdict(1, verb) }
      if verb != .discard {
        guard let queue = queues[index] else { return Self.unusable }
        if wrong.contains(queue) { return Self.verdict(5, verb) }
      }
      return seen.insert(targets[index].scope + [0] + member).inserted ? .moved : Self.verdict(1, verb)
    }
    return (verdicts, zip(verdicts, queues).compactMap { $0 == .moved ? $1 : nil })
  }

  private func wrongQueues(_ names: Set<[UInt8]>) async throws(Failure) -> Set<[UInt8]> {
    let list = Array(names)
    let kinds = try await client.run(list.map { RedisCommand(.type, keys.queue($0)) })
    return Set(zip(list, kinds).filter { !$1.takesPushes }.map(\.0))
  }

  func restore(_ records: some Collection<QuarantineRecord>) async throws(Failure) -> [TargetVerdict] {
    let scores = try await client.run(records.map { RedisCommand(.zscore, keys.set($0.target.scope), $0["job"] ?? []) })
    return scores.map { Self.verdict($0.bytes == nil ? 0 : 4, verb) }
  }

  // MARK: Jobs of dead processes

  func orphans(_ targets: [Target]) async throws(Failure) -> [TargetVerdict] {
    var out: [TargetVerdict] = []
    for target in targets { out.append(try await orphan(target)) }
    return out
  }

  private func orphan(_ target: Target) async throws(Failure) -> TargetVerdict {
    let parts = SidekiqOrphanKey.parts(target.key)
    let values = try await client.run(keys.work(target.scope).map { RedisCommand(.hget, $0, parts.thread) })
    guard let bytes = values.compactMap(\.bytes).first(where: { Version(of: $0) == target.version }) else { return Self.verdict(1, verb) }
    guard let work = SidekiqWork(bytes), work.payload != nil else { return Self.unusable }
    let beat = try await client.run([RedisCommand(.hget, keys.process(target.scope), Array("beat".utf8))])[0].number
    if let beat, beat != Double(String(decoding: parts.beat, as: UTF8.self)) { return Self.verdict(4, verb) }
    return try await wrongQueues([work.queue]).isEmpty ? .moved : Self.verdict(5, verb)
  }
}
