import Gate
import OpsModel

/// Says what an operation on Sidekiq would do, by reading alone.
struct SidekiqRehearsal {
  static let examined = 500

  let keys: SidekiqKeys
  let client: RedisClient
  let operation: Operation

  func run() async throws(Failure) -> Rehearsal {
    try await RedisPermissions.check(client, wanted, doing: "\(SafeText(escaping: operation.verb.rawValue)) on \(operation.source)")
    switch operation.verb {
    case .retry, .discard: return try await dead()
    case .retryEdited:
      guard try !operation.editedCall().hasNamed else { throw .refused(code: "", message: "Sidekiq jobs have no named arguments") }
      return try await dead()
    case .restore: return await restore()
    case .recover: return try await recover()
    case .quiet, .stop: return try await signal()
    default: throw .refused(code: "", message: "Sidekiq does not offer \(SafeText(escaping: operation.verb.rawValue))")
    }
  }

  private func rehearsal(_ affected: Int, _ examined: Int, moves: SafeText, undo: SafeText, _ guarantee: Guarantee = .atomic) async
    -> Rehearsal
  {
    Rehearsal(
      affected: affected, examined: examined, moves: moves, undo: undo, guarantee: guarantee, place: client.address.shown,
      account: client.address.user.map { SafeText(escaping: $0, limit: 64) } ?? "default", serverID: await client.server.runID)
  }

  private func dead() async throws(Failure) -> Rehearsal {
    let targets = operation.targets[0..<min(Self.examined, operation.targets.count)]
    let found = try await SidekiqMembers(keys: keys, client: client).members(of: targets)
    let jobs = found.compactMap { $0.flatMap { SidekiqPayload($0) } }
    let queues = Set(jobs.compactMap(\.queue)).sorted { $0.lexicographicallyPrecedes($1) }
    let lengths = try await client.run(queues.prefix(4).map { RedisCommand(.llen, keys.queue($0)) })
    let isRetry = operation.verb != .discard
    let places = zip(queues, lengths).map {
      "queue:\(SafeText(bytes: $0, limit: 60)) (\($1.integer.map { Units.count($0) } ?? "?") ready there)" as SafeText
    }
    let more: SafeText = queues.count > 4 ? " and \(queues.count - 4) more queues" : ""
    let jobsWord = Units.count(operation.count, "job")
    let affected = isRetry ? jobs.filter { $0.queue != nil }.count : found.compactMap { $0 }.count
    var out = await rehearsal(
      affected, targets.count,
      moves: isRetry ? "\(jobsWord) to \(SafeText.join(places, ", "))\(more)" : "\(jobsWord) to a quarantine file, then deletes them",
      undo: isRetry ? "not by itself; what still waits can be discarded" : "opsconsole dead-letters restore \(operation.source) FILE")
    let gone = found.filter { $0 == nil }.count
    if gone > 0 { out.refused.append((Outcome.absent.meaning, gone)) }
    if isRetry, found.count - gone > affected {
      out.refused.append(("not a Sidekiq job, or one without a queue", found.count - gone - affected))
    }
    if isRetry {
      let isEdited = operation.verb == .retryEdited
      out.keeps = [isEdited ? "every byte of the job but its arguments" : "every byte of the job: arguments, id, retry_count, tags"]
      out.loses = ["retry_count stays: a job that fails again is dead again at once", "Sidekiq's latency counts from its first enqueue"]
    }
    out.commands = [isRetry ? "EVALSHA (ZSCORE, LPUSH, SADD, ZREM in one step)" : "EVALSHA (ZSCORE, ZREM in one step)"]
    return out
  }

  private func restore() async -> Rehearsal {
    var out = await rehearsal(
      operation.records.count, operation.records.count, moves: "\(Units.count(operation.count, "job")) from the file back into their set",
      undo: "discard them again")
    out.keeps = ["every byte of the job"]
    out.commands = ["EVALSHA (ZSCORE, ZADD in one step)"]
    return out
  }

  private func recover() async throws(Failure) -> Rehearsal {
    var free = 0
    let targets = operation.targets[0..<min(Self.examined, operation.targets.count)]
    for target in targets {
      let thread = SidekiqOrphanKey.parts(target.key).thread
      let values = try await client.run(keys.work(target.scope).map { RedisCommand(.hget, $0, thread) })
      if values.contains(where: { $0.bytes.map { Version(of: $0) == target.version } ?? false }) { free += 1 }
    }
    var out = await rehearsal(
      free, targets.count, moves: "\(Units.count(operation.count, "job")) of dead processes back to the front of their queues",
      undo: "not by itself; what still waits can be discarded")
    if free < targets.count { out.refused.append(("the copy is gone: Sidekiq keeps it for a minute", targets.count - free)) }
    out.keeps = ["every byte of the job"]
    out.loses = ["what the job did before its process died is not undone: it runs again from its beginning"]
    out.warnings = ["a process that is only frozen may still finish its jobs: then they run twice"]
    out.commands = ["EVALSHA (HGET, RPUSH, HDEL in one step, only if the process has not beaten since)"]
    return out
  }

  private func signal() async throws(Failure) -> Rehearsal {
    let isQuiet = operation.verb == .quiet
    return await rehearsal(
      operation.count, operation.count,
      moves: isQuiet
        ? "the process takes no new jobs and finishes what it has"
        : "the process ends; jobs that are not done in its timeout go back to their queue",
      undo: isQuiet ? "only by starting the process anew" : "start it again on its host", .request)
  }

  private var wanted: [RedisPermissions.Wanted] {
    let set = keys.set(operation.targets.scopes.first ?? Array("dead".utf8))
    let queue = keys.queue(Array("x".utf8))
    let run = RedisPermissions.words("EVALSHA", key: Array("0".utf8), "0")
    switch operation.verb {
    case .retry, .retryEdited:
      return [
        run, RedisPermissions.words("ZREM", key: set, "x"), RedisPermissions.words("LPUSH", key: queue, "x"),
        RedisPermissions.words("SADD", key: keys.queues, "x"),
      ]
    case .discard: return [run, RedisPermissions.words("ZREM", key: set, "x")]
    case .restore: return [run, RedisPermissions.words("ZADD", key: keys.dead, "1", "x")]
    case .recover:
      return [
        run, RedisPermissions.words("RPUSH", key: queue, "x"), RedisPermissions.words("HDEL", key: keys.work(Array("x".utf8))[0], "x"),
      ]
    default: return [RedisPermissions.words("LPUSH", key: keys.signals(Array("x".utf8)), "TSTP")]
    }
  }
}
