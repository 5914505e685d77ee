import Gate
import OpsModel

/// Says what an operation on Celery would do, by reading alone.
struct CeleryRehearsal {
  static let examined = 500

  let places: CeleryPlaces
  let client: RedisClient
  let results: RedisClient
  let clock: any OpsClock
  let operation: Operation

  private var keys: CeleryKeys { places.keys }

  func run() async throws(Failure) -> Rehearsal {
    try await client.requireWrites()
    try await RedisPermissions.check(client, wanted, doing: "\(SafeText(escaping: operation.verb.rawValue)) on \(operation.source)")
    switch operation.verb {
    case .retryEdited:
      _ = try operation.editedCall()
      guard operation.targets.scopes == [CeleryLetters.results] else {
        throw .declined(.listMessagesAreFixed)
      }
      return try await items()
    case .retry, .discard: return try await items()
    case .recover: return try await recover()
    case .restore: return try await restore()
    case .ping, .inspect, .revoke, .grow, .shrink, .shutdown: return try await control()
    default: throw .declined(.notOffered(operation.verb.rawValue, by: "Celery"))
    }
  }

  private func rehearsal(
    _ affected: Int, _ examined: Int? = nil, moves: SafeText, undo: SafeText, _ guarantee: Guarantee = .atomic
  ) async -> Rehearsal {
    Rehearsal(
      affected: affected, examined: examined ?? affected, moves: moves, undo: undo, guarantee: guarantee, place: client.address.shown,
      account: client.address.user.map { SafeText(escaping: $0, limit: 64) } ?? "default", serverID: await client.server.runID)
  }

  // MARK: Failed results and lists

  private func items() async throws(Failure) -> Rehearsal {
    let targets = operation.targets[0..<min(Self.examined, operation.targets.count)]
    var reader = CeleryVerdicts(places: places, client: client, results: results, verb: operation.verb, now: clock.now().unix)
    let verdicts = try await reader.verdicts(targets)
    let pushes = reader.destinations.prefix(50).map { RedisPermissions.words("LPUSH", key: $0, "x") }
    if !pushes.isEmpty {
      try await RedisPermissions.check(client, pushes, doing: "\(SafeText(escaping: operation.verb.rawValue)) on \(operation.source)")
    }
    let tally = VerdictTally(verdicts)
    let isRebuild = operation.targets.scopes.contains(CeleryLetters.results)
    let isRetry = operation.verb != .discard
    let noun: SafeText = isRebuild ? "failed result" : "message"
    let place: SafeText = isRetry ? "to \(try await reader.words())" : "to a quarantine file, then deletes them"
    var out = await rehearsal(
      0, moves: tally.moves("moves", noun, of: operation.count, place),
      undo: isRetry ? "not by itself: a message can be revoked while it waits" : "opsconsole dead-letters restore \(operation.source) FILE",
      isRebuild && isRetry ? .rebuild : .atomic)
    out.take(tally)
    out.name(operation, only: targets.first.map { SafeText(bytes: $0.key, limit: 100) }, noun)
    if isRetry { fill(&out, isRebuild) }
    return out
  }

  private func restore() async throws(Failure) -> Rehearsal {
    let records = operation.records.prefix(Self.examined)
    let reader = CeleryVerdicts(places: places, client: client, results: results, verb: operation.verb, now: clock.now().unix)
    let tally = VerdictTally(try await reader.restore(records))
    var out = await rehearsal(
      0, moves: tally.moves("moves", "record", of: operation.count, "from the file back to where it was"), undo: "discard them again")
    out.take(tally)
    out.name(operation, only: records.first.map { SafeText(bytes: $0.target.key, limit: 100) }, "discarded record")
    out.keeps = ["every byte; results keep the time they had left to live"]
    out.loses = ["messages of a list come to its old end: their place in it is not kept"]
    return out
  }

  private func fill(_ out: inout Rehearsal, _ isRebuild: Bool) {
    if isRebuild {
      out.keeps = ["task, arguments and id; waiting AsyncResults see the new outcome"]
      out.loses = ["callbacks, chain, chord, priority, eta, expiry, time limits: a link of a chain runs alone"]
      if operation.verb == .retryEdited { out.keeps = ["task and id; the arguments are the ones given"] }
      if !places.isOneServer {
        out.warnings = [
          "results lie on another server: whether the failure is still the same is looked at right before the push, not in one step"
        ]
      }
      out.commands = ["PUBLISH revoked (asks the workers)", "EVALSHA (GET result, LPUSH, SET marker in one step)"]
    } else {
      out.keeps = ["every byte of the message but those named"]
      out.loses = ["the old delivery tag; the address becomes that of the queue it goes to"]
      out.commands = ["EVALSHA (LREM, LPUSH in one step)"]
    }
  }

  // MARK: Orphans

  private func recover() async throws(Failure) -> Rehearsal {
    let targets = operation.targets[0..<min(Self.examined, operation.targets.count)]
    let entries = try await CeleryUnacked.read(targets.map { ($0.key, $0.position) }, client, keys)
    var routes = CeleryRoutes(keys: keys)
    try await routes.learn(Set(entries.compactMap(\.route)), client)
    let orphans = CeleryOrphans(source: operation.source, keys: keys, client: client)
    // While the workers are asked, what was handed out just now becomes old enough.
    let now = clock.now().unix + CeleryOrphans.settled
    let tally = VerdictTally(zip(targets, entries).map { CeleryReason.orphan($0, $1, orphans, routes, now) ?? .moved })
    var out = await rehearsal(
      0, moves: tally.moves("moves", "unacknowledged message", of: operation.count, "back to the front of its queue"), undo: "not by itself"
    )
    out.take(tally)
    out.name(operation, only: targets.first.map { SafeText(bytes: $0.key, limit: 100) }, "unacknowledged message")
    out.keeps = ["every byte of the message; redelivered is set as kombu sets it"]
    out.loses = ["whatever a task did before its worker died is not undone: it runs again from its beginning"]
    out.warnings = [
      "what a live worker says it has is left alone: they are listened for and asked once you go on; if one that lives stays silent, nothing is moved"
    ]
    out.commands = ["PUBLISH active, reserved, scheduled (asks the workers)", "EVALSHA (HGET, RPUSH, ZREM, HDEL in one step)"]
    return out
  }

  // MARK: Workers

  private func control() async throws(Failure) -> Rehearsal {
    let count = SafeText(escaping: operation.arguments["n"] ?? "1", limit: 10)
    let who: SafeText =
      operation.targets.isEmpty
      ? "all workers of this broker"
      : SafeText.join(operation.targets[0..<min(5, operation.targets.count)].map { SafeText(bytes: $0.key, limit: 80) }, ", ")
    let words: (SafeText, SafeText) =
      switch operation.verb {
      case .ping: ("asks \(who) for a sign of life", "nothing to undo")
      case .inspect: ("asks \(who) what they are at, hold and have scheduled", "nothing to undo")
      case .grow: ("adds \(count) to the pool of \(who)", "shrink by the same number")
      case .shrink: ("takes \(count) from the pool of \(who); one that is busy refuses", "grow by the same number")
      case .revoke:
        (
          "tells \(who) to drop task \(SafeText(escaping: operation.arguments["id"] ?? "?", limit: 80)) when it comes; it is not stopped where it runs",
          "none: the worker keeps it in memory until it is started anew"
        )
      default: ("lets \(who) finish what it does and end", "start it again on its host")
      }
    var out = await rehearsal(operation.count, moves: words.0, undo: words.1, .request)
    out.target = operation.targets.isEmpty ? who : "worker \(who)"
    out.title = operation.targets.count == 1 ? who : operation.source
    out.commands = ["SADD and PUBLISH, RPOP of the answers, SREM and DEL afterwards"]
    return out
  }

  private var wanted: [RedisPermissions.Wanted] {
    let run = RedisPermissions.words("EVALSHA", key: Array("0".utf8), "0")
    let ask = [
      RedisPermissions.words("SADD", key: keys.replyBinding, "x"),
      RedisPermissions.words("PUBLISH", key: keys.pidbox(database: places.brokerDatabase), "x"),
    ]
    let queue = keys.prefix + Array("celery".utf8)
    switch operation.verb {
    case .recover:
      return ask + [run, RedisPermissions.words("RPUSH", key: queue, "x"), RedisPermissions.words("HDEL", key: keys.unacked, "x")]
    case .retry, .retryEdited:
      let lists = operation.targets.scopes.filter { $0.starts(with: CeleryDeadList.mark) }.map {
        keys.prefix + $0.dropFirst(CeleryDeadList.mark.count)
      }
      return ask + [
        run, RedisPermissions.words("LPUSH", key: queue, "x"), RedisPermissions.words("SET", key: keys.marker([], doneAt: []), "x"),
      ]
        + lists.flatMap { [RedisPermissions.words("LREM", key: $0, "1", "x"), RedisPermissions.words("LPOS", key: $0, "x")] }
    case .discard, .restore: return [run]
    default: return ask
    }
  }
}
