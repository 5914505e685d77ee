import Gate
import OpsModel

/// Says what an operation on Sidekiq would do, by reading alone.
struct SidekiqRehearsal {
  static let examined = 500

  let keys: SidekiqKeys
  let client: RedisClient
  let operation: Operation

  func run() async throws(Failure) -> Rehearsal {
    try await client.requireWrites()
    try await RedisPermissions.check(client, wanted, doing: "\(SafeText(escaping: operation.verb.rawValue)) on \(operation.source)")
    switch operation.verb {
    case .retry, .discard: return try await dead()
    case .retryEdited:
      guard try !operation.editedCall().hasNamed else { throw .declined(.noNamedArguments) }
      return try await dead()
    case .restore: return try await restore()
    case .recover: return try await recover()
    case .quiet, .stop: return try await signal()
    default: throw .declined(.notOffered(operation.verb.rawValue, by: "Sidekiq"))
    }
  }

  private func rehearsal(_ affected: Int, _ examined: Int, moves: SafeText, undo: SafeText, _ guarantee: Guarantee = .atomic) async
    -> Rehearsal
  {
    Rehearsal(
      affected: affected, examined: examined, moves: moves, undo: undo, guarantee: guarantee, place: client.address.shown,
      account: client.address.user.map { SafeText(escaping: $0, limit: 64) } ?? "default", serverID: await client.server.runID)
  }

  private var verdicts: SidekiqVerdicts { SidekiqVerdicts(keys: keys, client: client, verb: operation.verb) }

  private var examinedTargets: [Target] { operation.targets[0..<min(Self.examined, operation.targets.count)] }

  private func dead() async throws(Failure) -> Rehearsal {
    let targets = examinedTargets
    let (found, queues) = try await verdicts.read(targets)
    let tally = VerdictTally(found)
    let isRetry = operation.verb != .discard
    let place: SafeText = isRetry ? "to \(try await destinations(Set(queues)))" : "to a quarantine file, then deletes them"
    var out = await rehearsal(
      0, 0, moves: tally.moves("moves", "job", of: operation.count, place),
      undo: isRetry ? "not by itself; what still waits can be discarded" : "opsconsole dead-letters restore \(operation.source) FILE")
    out.take(tally)
    out.name(operation, only: targets.first.map { SafeText(bytes: $0.key, limit: 100) }, "dead job")
    if isRetry {
      let isEdited = operation.verb == .retryEdited
      out.keeps = [isEdited ? "every byte of the job but its arguments" : "every byte of the job: arguments, id, retry_count, tags"]
      out.loses = ["retry_count stays: a job that fails again is dead again at once", "Sidekiq's latency counts from its first enqueue"]
    }
    out.commands = [isRetry ? "EVALSHA (ZSCORE, LPUSH, SADD, ZREM in one step)" : "EVALSHA (ZSCORE, ZREM in one step)"]
    return out
  }

  private func destinations(_ names: Set<[UInt8]>) async throws(Failure) -> SafeText {
    let queues = names.sorted { $0.lexicographicallyPrecedes($1) }
    let lengths = try await client.run(queues.prefix(4).map { RedisCommand(.llen, keys.queue($0)) })
    let places = zip(queues, lengths).map {
      "queue:\(SafeText(bytes: $0, limit: 60)) (\($1.integer.map { Units.count($0) } ?? "?") ready there)" as SafeText
    }
    return SafeText.join(places, ", ") + (queues.count > 4 ? " and \(queues.count - 4) more queues" as SafeText : "")
  }

  private func restore() async throws(Failure) -> Rehearsal {
    let records = operation.records.prefix(Self.examined)
    let tally = VerdictTally(try await verdicts.restore(records))
    var out = await rehearsal(
      0, 0, moves: tally.moves("moves", "job", of: operation.count, "from the file back into its set"), undo: "discard them again")
    out.take(tally)
    out.name(operation, only: records.first.map { SafeText(bytes: $0.target.key, limit: 100) }, "discarded job")
    out.keeps = ["every byte of the job"]
    out.commands = ["EVALSHA (ZSCORE, ZADD in one step)"]
    return out
  }

  private func recover() async throws(Failure) -> Rehearsal {
    let targets = examinedTargets
    let tally = VerdictTally(try await verdicts.orphans(targets))
    var out = await rehearsal(
      0, 0, moves: tally.moves("moves", "job", of: operation.count, "of dead processes back to the front of its queue"),
      undo: "not by itself; what still waits can be discarded")
    out.take(tally)
    out.name(operation, only: targets.first.map { "of process \(SafeText(bytes: $0.scope, limit: 100))" }, "orphaned job")
    out.keeps = ["every byte of the job"]
    out.loses = ["what the job did before its process died is not undone: it runs again from its beginning"]
    out.warnings = ["a process that is only frozen may still finish its jobs: then they run twice"]
    out.commands = ["EVALSHA (HGET, RPUSH, HDEL in one step, only if the process has not beaten since)"]
    return out
  }

  private func signal() async throws(Failure) -> Rehearsal {
    let isQuiet = operation.verb == .quiet
    var out = await rehearsal(
      operation.count, operation.count,
      moves: isQuiet
        ? "the process takes no new jobs and finishes what it has"
        : "the process ends; jobs that are not done in its timeout go back to their queue",
      undo: isQuiet ? "only by starting the process anew" : "start it again on its host", .request)
    let names = operation.targets[0..<min(5, operation.targets.count)].map { SafeText(bytes: $0.key, limit: 100) }
    out.target = "process \(SafeText.join(names, ", "))"
    out.title = names.count == 1 ? names[0] : ""
    return out
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
