import Gate
import OpsModel

/// What becomes of dead messages, for the preview that reads and for the receipt of the script: one reason for both.
struct DramatiqVerdicts {
  let keys: DramatiqKeys
  let client: RedisClient
  let verb: Verb

  /// - Parameter code: as in `ScriptCode`.
  static func verdict(_ code: Int?) -> TargetVerdict {
    let outcome = ScriptCode.outcome(code)
    return outcome == .conflict ? TargetVerdict(.conflict, "a message with this id exists already; left alone") : TargetVerdict(outcome)
  }

  func read(_ targets: [Target]) async throws(Failure) -> [TargetVerdict] {
    let scores = try await client.run(targets.map { RedisCommand(.zscore, keys.dead($0.scope), $0.key) })
    let stored = try await client.run(targets.map { RedisCommand(.hexists, keys.deadMessages($0.scope), $0.key) })
    let waiting = try await client.run(targets.map { RedisCommand(.hexists, keys.messages($0.scope), $0.key) })
    var seen: Set<[UInt8]> = []
    return targets.indices.map { index in
      let target = targets[index]
      guard let score = scores[index].number else { return .absent }
      guard Version(score: score) == target.version else { return .changed }
      if verb != .discard {
        if stored[index].integer == 0 { return TargetVerdict(.payloadMissing) }
        if waiting[index].integer == 1 { return Self.verdict(4) }
      }
      return seen.insert(target.scope + [0] + target.key).inserted ? .moved : .absent
    }
  }

  func restore(_ records: some Collection<QuarantineRecord>) async throws(Failure) -> [TargetVerdict] {
    let dead = try await client.run(records.map { RedisCommand(.zscore, keys.dead($0.target.scope), $0.target.key) })
    let waiting = try await client.run(records.map { RedisCommand(.hexists, keys.messages($0.target.scope), $0.target.key) })
    return zip(dead, waiting).map { $0.bytes != nil || $1.integer == 1 ? Self.verdict(4) : .moved }
  }
}
