import Gate
import OpsModel

/// Says what an operation on RQ would do, by reading alone.
struct RQRehearsal {
  /// Targets that are looked at one by one; the others are taken to be like them.
  static let examined = 500

  let client: RedisClient
  let clock: any OpsClock
  let operation: Operation

  func run() async throws(Failure) -> Rehearsal {
    try await RedisPermissions.check(client, wanted, doing: "\(SafeText(escaping: operation.verb.rawValue)) on \(operation.source)")
    switch operation.verb {
    case .retry, .discard: return try await failed()
    case .restore: return try await restore()
    case .recover: return try await recover()
    case .suspend, .resume, .stopJob, .shutdown: return try await control()
    case .retryEdited:
      throw .refused(
        code: "", message: "RQ stores arguments as a pickle, which this program never makes: enqueue it anew from the application")
    default: throw .refused(code: "", message: "RQ does not offer \(SafeText(escaping: operation.verb.rawValue))")
    }
  }

  private func rehearsal(_ affected: Int, _ examined: Int, moves: SafeText, undo: SafeText, _ guarantee: Guarantee = .atomic) async
    -> Rehearsal
  {
    let server = await client.server
    return Rehearsal(
      affected: affected, examined: examined, moves: moves, undo: undo, guarantee: guarantee, place: client.address.shown,
      account: client.address.user.map { SafeText(escaping: $0, limit: 64) } ?? "default", serverID: server.runID)
  }

  private func failed() async throws(Failure) -> Rehearsal {
    let targets = operation.targets[0..<min(Self.examined, operation.targets.count)]
    let scores = try await client.run(targets.map { RedisCommand(.zscore, RQKeys.registry("failed", $0.scope), $0.key) })
    let fields = ["status", "origin"].map { Array($0.utf8) }
    let jobs = try await client.run(targets.map { RedisCommand(.hmget, list: [RQKeys.job($0.key)] + fields) })
    var reasons: [Outcome: Int] = [:]
    for (index, target) in targets.enumerated() { reasons[verdict(target, scores[index], jobs[index]), default: 0] += 1 }
    let isRetry = operation.verb == .retry
    var out = await rehearsal(
      reasons[.moved] ?? 0, targets.count,
      moves: isRetry ? try await destinations() : "\(Units.count(operation.count, "job")) to a quarantine file, then deletes them",
      undo: isRetry ? "not by itself; one that fails again is dead again" : "opsconsole dead-letters restore \(operation.source) FILE")
    for outcome in Outcome.allCases where outcome != .moved {
      if let count = reasons[outcome] { out.refused.append((outcome.meaning, count)) }
    }
    if isRetry {
      out.keeps = ["arguments, id, timeout and callbacks, byte for byte", "the record beyond its old failure TTL"]
      out.loses = ["automatic retries: what is left of them stays as it is (0 stays 0)"]
    } else {
      out.loses = ["dependents that wait for these jobs stay deferred"]
    }
    out.commands = [
      isRetry
        ? "EVALSHA (ZSCORE, HMGET, HSET, HDEL, PERSIST, RPUSH, ZREM in one step)" : "EVALSHA (ZSCORE, HGETALL, DEL, ZREM in one step)"
    ]
    return out
  }

  private func verdict(_ target: Target, _ score: RedisValue, _ job: RedisValue) -> Outcome {
    guard let number = score.number else { return .absent }
    guard Version(score: number) == target.version else { return .changed }
    guard let fields = job.array, fields.count == 2, fields.contains(where: { $0.bytes != nil }) else {
      return operation.verb == .discard ? .moved : .payloadMissing
    }
    guard fields[0].plain == "failed" || fields[0].plain == "stopped" else { return .changed }
    return operation.verb == .discard || fields[1].bytes == target.scope ? .moved : .conflict
  }

  /// `14 jobs to rq:queue:default (41 208 ready there)`
  private func destinations() async throws(Failure) -> SafeText {
    let scopes = operation.targets.scopes
    let counts = try await client.run(scopes.prefix(4).map { RedisCommand(.llen, RQKeys.queue($0)) })
    let parts = zip(scopes, counts).map { scope, count in
      "rq:queue:\(SafeText(bytes: scope, limit: 60)) (\(count.integer.map { Units.count($0) } ?? "?") ready there)" as SafeText
    }
    let more: SafeText = scopes.count > 4 ? " and \(scopes.count - 4) more queues" : ""
    return "\(Units.count(operation.count, "job")) to \(SafeText.join(parts, ", "))\(more)"
  }

  private func restore() async throws(Failure) -> Rehearsal {
    let records = operation.records.prefix(Self.examined)
    let exists = try await client.run(records.map { RedisCommand(.exists, RQKeys.job($0.target.key)) })
    let taken = exists.filter { $0.integer == 1 }.count
    var out = await rehearsal(
      records.count - taken, records.count, moves: "\(Units.count(operation.count, "job")) from the file back among the failed ones",
      undo: "discard them again")
    if taken > 0 { out.refused = [("a job of this id exists already; left alone", taken)] }
    let late = records.filter { $0.target.version.score > 0 && $0.target.version.score < clock.now().unix + 86_400 }.count
    if late > 0 { out.warnings = ["\(late) of them have passed RQ's failure TTL, or are about to: they are kept for one more day"] }
    out.keeps = ["record, dependents and results, byte for byte"]
    out.commands = ["EVALSHA (HSET, SADD, XADD, ZADD in one step)"]
    return out
  }

  private func recover() async throws(Failure) -> Rehearsal {
    let targets = operation.targets[0..<min(Self.examined, operation.targets.count)]
    let keys = targets.map { RQOrphanKey($0.key) }
    let states = try await client.run(keys.map { RedisCommand(.hget, RQKeys.job($0.job), Array("status".utf8)) })
    let workers = try await client.run(keys.map { RedisCommand(.hget, RQKeys.worker($0.worker), Array("current_job".utf8)) })
    var free = 0
    var busy = 0
    for (index, key) in keys.enumerated() {
      if !key.worker.isEmpty && workers[index].bytes == key.job { busy += 1 } else if states[index].bytes != nil { free += 1 }
    }
    var out = await rehearsal(
      free, targets.count, moves: "\(Units.count(operation.count, "orphaned job")) back to the end of their queues",
      undo: "not by itself; what still waits can be taken off the queue")
    if busy > 0 { out.refused.append(("their worker is at them", busy)) }
    if free + busy < targets.count { out.refused.append(("their record is gone", targets.count - free - busy)) }
    out.keeps = ["arguments, id, timeout and callbacks, byte for byte"]
    out.loses = ["whatever the job did before its worker died is not undone: it runs again from its beginning"]
    out.commands = ["EVALSHA (ZSCORE, HMGET, HSET, PERSIST, RPUSH, ZREM in one step)"]
    return out
  }

  private func control() async throws(Failure) -> Rehearsal {
    let words: (SafeText, SafeText, Guarantee) =
      switch operation.verb {
      case .suspend: ("halts all workers of this database: they finish what they do and take no new job", "resume", .atomic)
      case .resume: ("lets all workers of this database take jobs again", "suspend", .atomic)
      case .stopJob: ("kills the job that this worker is at; RQ files it as stopped among the failed jobs", "retry it", .request)
      default: ("lets the worker finish its job and end", "start a worker on its host", .request)
      }
    return await rehearsal(operation.count, operation.count, moves: words.0, undo: words.1, words.2)
  }

  private var wanted: [RedisPermissions.Wanted] {
    let set = operation.targets.scopes.first ?? operation.records.first?.target.scope ?? []
    let queue = RQOrphanScope(set).queue
    let job = RQKeys.job(Array("x".utf8))
    let item = [
      RedisPermissions.words("EVALSHA", key: Array("0".utf8), "0"), RedisPermissions.words("HSET", key: job, "status", "queued"),
      RedisPermissions.words("PERSIST", key: job), RedisPermissions.words("RPUSH", key: RQKeys.queue(queue), "x"),
      RedisPermissions.words("HDEL", key: job, "exc_info"), RedisPermissions.words("EXPIRE", key: job, "1"),
      RedisPermissions.words("SADD", key: RQKeys.queues, "x"), RedisPermissions.words("EXISTS", key: job),
    ]
    switch operation.verb {
    case .retry: return item + [RedisPermissions.words("ZREM", key: RQKeys.registry("failed", queue), "x")]
    case .recover: return item + [RedisPermissions.words("ZREM", key: RQKeys.registry("wip", queue), "x")]
    case .discard:
      return [RedisPermissions.words("ZREM", key: RQKeys.registry("failed", queue), "x"), RedisPermissions.words("DEL", key: job)]
    case .restore:
      return [
        RedisPermissions.words("HSET", key: job, "a", "b"), RedisPermissions.words("ZADD", key: RQKeys.registry("failed", queue), "1", "x"),
        RedisPermissions.words("EXPIREAT", key: job, "1"), RedisPermissions.words("SADD", key: RQKeys.queues, "x"),
      ]
    case .suspend: return [RedisPermissions.words("SET", key: RQKeys.suspended, "1")]
    case .resume: return [RedisPermissions.words("DEL", key: RQKeys.suspended)]
    default: return [RedisPermissions.words("PUBLISH", key: RQKeys.bytes("rq:pubsub:x"), "x")]
    }
  }
}
