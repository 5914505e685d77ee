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
    try await client.requireWrites()
    try await RedisPermissions.check(client, wanted, doing: "\(SafeText(escaping: operation.verb.rawValue)) on \(operation.source)")
    switch operation.verb {
    case .retry, .discard: return try await failed()
    case .restore: return try await restore()
    case .recover: return try await recover()
    case .suspend, .resume, .stopJob, .shutdown: return try await control()
    case .retryEdited:
      throw .declined(.rqArgumentsAreFixed)
    default: throw .declined(.notOffered(operation.verb.rawValue, by: "RQ"))
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

  private var reader: RQVerdictReader { RQVerdictReader(client: client, verb: operation.verb) }

  /// The queue of all targets; nil where they are in several.
  private var queue: SafeText? {
    operation.targets.scopes.count == 1 ? operation.targets.scopes.first.map { SafeText(bytes: $0, limit: 100) } : nil
  }

  private func tally(_ verdicts: [RQVerdict]) -> VerdictTally { VerdictTally(verdicts.map { $0.verdict(operation.verb) }) }

  private func failed() async throws(Failure) -> Rehearsal {
    let targets = operation.targets[0..<min(Self.examined, operation.targets.count)]
    let verdicts = try await reader.verdicts(targets)
    let tally = tally(verdicts)
    let isRetry = operation.verb == .retry
    let movers = zip(targets, verdicts).filter { $1 == .moved }.map(\.0.scope)
    let place: SafeText = isRetry ? "to \(try await destinations(movers))" : "to a quarantine file, then deletes them"
    var out = await rehearsal(
      0, 0, moves: tally.moves("moves", "job", of: operation.count, place),
      undo: isRetry ? "not by itself; one that fails again is dead again" : "opsconsole dead-letters restore \(operation.source) FILE")
    out.take(tally)
    out.name(operation, only: targets.first.map { SafeText(bytes: $0.key, limit: 100) }, "failed job", in: queue)
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

  /// `rq:queue:default (41 208 ready there)`
  /// - Parameter scopes: queues of those that would move, one for each.
  private func destinations(_ scopes: [[UInt8]]) async throws(Failure) -> SafeText {
    var seen: Set<[UInt8]> = []
    let names = scopes.filter { seen.insert($0).inserted }
    let counts = try await client.run(names.prefix(4).map { RedisCommand(.llen, RQKeys.queue($0)) })
    let parts = zip(names, counts).map { scope, count in
      "rq:queue:\(SafeText(bytes: scope, limit: 60)) (\(count.integer.map { Units.count($0) } ?? "?") ready there)" as SafeText
    }
    let more: SafeText = names.count > 4 ? " and \(names.count - 4) more queues" : ""
    return "\(SafeText.join(parts, ", "))\(more)"
  }

  private func restore() async throws(Failure) -> Rehearsal {
    let records = operation.records.prefix(Self.examined)
    let tally = tally(try await reader.restore(records))
    var out = await rehearsal(
      0, 0, moves: tally.moves("moves", "job", of: operation.count, "from the file back among the failed ones"),
      undo: "discard them again")
    out.take(tally)
    out.name(operation, only: records.first.map { SafeText(bytes: $0.target.key, limit: 100) }, "discarded job")
    let late = records.filter { $0.target.version.score > 0 && $0.target.version.score < clock.now().unix + 86_400 }.count
    if late > 0 { out.warnings = ["\(late) of them have passed RQ's failure TTL, or are about to: they are kept for one more day"] }
    out.keeps = ["record, dependents and results, byte for byte"]
    out.commands = ["EVALSHA (HSET, SADD, XADD, ZADD in one step)"]
    return out
  }

  private func recover() async throws(Failure) -> Rehearsal {
    let targets = operation.targets[0..<min(Self.examined, operation.targets.count)]
    let tally = tally(try await reader.verdicts(targets))
    var out = await rehearsal(
      0, 0, moves: tally.moves("moves", "orphaned job", of: operation.count, "back to the end of its queue"),
      undo: "not by itself; what still waits can be taken off the queue")
    out.take(tally)
    out.name(operation, only: targets.first.map { SafeText(bytes: RQOrphanKey($0.key).job, limit: 100) }, "orphaned job")
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
    var out = await rehearsal(operation.count, operation.count, moves: words.0, undo: words.1, words.2)
    let names = operation.targets[0..<min(5, operation.targets.count)].map { SafeText(bytes: $0.key, limit: 100) }
    out.target =
      names.isEmpty || operation.verb == .suspend || operation.verb == .resume
      ? "all RQ workers of \(operation.source)" : "worker \(SafeText.join(names, ", "))"
    out.title = names.count == 1 ? names[0] : operation.source
    return out
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
