import Gate
import OpsModel

/// Looks at RQ's jobs one by one, as the scripts do: the same questions in the same order.
struct RQVerdictReader {
  let client: RedisClient
  let verb: Verb

  func verdicts(_ targets: [Target]) async throws(Failure) -> [RQVerdict] {
    verb == .recover ? try await orphans(targets) : try await failed(targets)
  }

  // MARK: Failed jobs

  private func failed(_ targets: [Target]) async throws(Failure) -> [RQVerdict] {
    let scores = try await client.run(targets.map { RedisCommand(.zscore, RQKeys.registry("failed", $0.scope), $0.key) })
    let jobs = try await client.run(targets.map { record($0.key, "status", "origin") })
    var seen: Set<[UInt8]> = []
    return targets.indices.map { index in
      let verdict = failed(targets[index], scores[index], jobs[index])
      guard verdict == .moved, verb == .retry else { return verdict }
      return seen.insert(targets[index].scope + [0] + targets[index].key).inserted ? .moved : .absent
    }
  }

  private func record(_ id: [UInt8], _ fields: String...) -> RedisCommand {
    RedisCommand(.hmget, list: [RQKeys.job(id)] + fields.map { Array($0.utf8) })
  }

  private func failed(_ target: Target, _ score: RedisValue, _ job: RedisValue) -> RQVerdict {
    guard let number = score.number else { return .absent }
    guard Version(score: number) == target.version else { return .changed }
    guard let fields = job.array, fields.count == 2 else { return .failed }
    guard fields.contains(where: { $0.bytes != nil }) else { return verb == .discard ? .moved : .payloadMissing }
    let status = fields[0].plain
    if verb == .discard { return status == nil || status == "failed" || status == "stopped" ? .moved : .changed }
    guard status == "failed" || status == "stopped" else { return .changed }
    return fields[1].bytes == target.scope ? .moved : .otherQueue
  }

  // MARK: Orphans

  private func orphans(_ targets: [Target]) async throws(Failure) -> [RQVerdict] {
    let keys = targets.map { RQOrphanKey($0.key) }
    let scopes = targets.map { RQOrphanScope($0.scope) }
    let scores = try await client.run(
      targets.indices.map { RedisCommand(.zscore, RQKeys.registry("wip", scopes[$0].queue), keys[$0].member) })
    let jobs = try await client.run(keys.map { record($0.job, "status", "origin", "worker_name") })
    let workers = try await client.run(keys.map { RedisCommand(.hget, RQKeys.worker($0.worker), Array("current_job".utf8)) })
    var stuck: [[UInt8]: Set<[UInt8]>] = [:]
    for queue in Set(scopes.filter { $0.place == .intermediate }.map(\.queue)) {
      let list = try await client.run([RedisCommand(.lrange, RQKeys.intermediate(queue), Array("0".utf8), Array("999".utf8))])[0]
      stuck[queue] = Set((list.array ?? []).compactMap(\.bytes))
    }
    var seen: Set<[UInt8]> = []
    return targets.indices.map { index in
      guard seen.insert(keys[index].job).inserted else { return .absent }
      switch scopes[index].place {
      case .intermediate:
        guard stuck[scopes[index].queue]?.contains(keys[index].job) == true else { return .absent }
        return orphan(jobs[index], status: "queued", worker: nil, scopes[index].queue)
      case .started:
        guard let number = scores[index].number else { return .absent }
        guard Version(score: number) == targets[index].version else { return .changed }
        if !keys[index].worker.isEmpty, workers[index].bytes == keys[index].job { return .busy }
        return orphan(jobs[index], status: "started", worker: keys[index].worker, scopes[index].queue)
      }
    }
  }

  private func orphan(_ job: RedisValue, status: String, worker: [UInt8]?, _ queue: [UInt8]) -> RQVerdict {
    guard let fields = job.array, fields.count == 3 else { return .failed }
    guard fields[0].bytes != nil || fields[1].bytes != nil else { return .payloadMissing }
    guard fields[0].plain == status else { return .changed }
    if let worker, (fields[2].bytes ?? []) != worker { return .changed }
    return fields[1].bytes == queue ? .moved : .otherQueue
  }

  // MARK: Records of a quarantine file

  func restore(_ records: some Collection<QuarantineRecord>) async throws(Failure) -> [RQVerdict] {
    let exists = try await client.run(records.map { RedisCommand(.exists, RQKeys.job($0.target.key)) })
    let scores = try await client.run(records.map { RedisCommand(.zscore, RQKeys.registry("failed", $0.target.scope), $0.target.key) })
    return zip(exists, scores).map { $0.integer == 1 || $1.bytes != nil ? .busy : .moved }
  }
}
