import Gate
import OpsModel

extension DramatiqActuator {
  func rehearse(_ operation: Operation) async throws(Failure) -> Rehearsal {
    try await client.requireWrites()
    try await RedisPermissions.check(
      client, wanted(operation), doing: "\(SafeText(escaping: operation.verb.rawValue)) on \(operation.source)")
    switch operation.verb {
    case .retry, .discard: return try await dead(operation)
    case .retryEdited:
      let call = try operation.editedCall()
      let target = operation.targets[0]
      let message = try await client.run([RedisCommand(.hget, keys.deadMessages(target.scope), target.key)])[0].bytes
      guard let message, Self.edited(message, call) != nil else { throw .declined(.messageIsNoJSON) }
      return try await dead(operation)
    case .restore: return try await restore(operation)
    default: throw .declined(.notOffered(operation.verb.rawValue, by: "Dramatiq"))
    }
  }

  private func rehearsal(_ affected: Int, _ examined: Int, moves: SafeText, undo: SafeText) async -> Rehearsal {
    Rehearsal(
      affected: affected, examined: examined, moves: moves, undo: undo, guarantee: .atomic, place: client.address.shown,
      account: client.address.user.map { SafeText(escaping: $0, limit: 64) } ?? "default", serverID: await client.server.runID)
  }

  private func verdicts(_ verb: Verb) -> DramatiqVerdicts { DramatiqVerdicts(keys: keys, client: client, verb: verb) }

  private func restore(_ operation: Operation) async throws(Failure) -> Rehearsal {
    let records = operation.records.prefix(Self.examined)
    let tally = VerdictTally(try await verdicts(.restore).restore(records))
    var out = await rehearsal(
      0, 0, moves: tally.moves("moves", "message", of: operation.count, "from the file back among the dead"), undo: "discard them again")
    out.take(tally)
    out.name(operation, only: records.first.map { SafeText(bytes: $0.target.key, limit: 100) }, "discarded message")
    out.keeps = ["every byte of the message"]
    let edge = SystemClock().now().unix - DramatiqConnector.keptFor
    let late = operation.records.filter { $0.target.version.score / 1000 < edge }.count
    if late > 0 {
      out.warnings = [
        "\(late) of them died more than \(Units.age(DramatiqConnector.keptFor)) ago: Dramatiq deletes them soon, unless they are retried"
      ]
    }
    out.commands = ["EVALSHA (HSET, ZADD in one step)"]
    return out
  }

  private func dead(_ operation: Operation) async throws(Failure) -> Rehearsal {
    let targets = operation.targets[0..<min(Self.examined, operation.targets.count)]
    let found = try await verdicts(operation.verb).read(targets)
    let tally = VerdictTally(found)
    let isRetry = operation.verb != .discard
    let place: SafeText = isRetry ? "to \(try await destinations(targets, found))" : "to a quarantine file, then deletes them"
    var out = await rehearsal(
      0, 0, moves: tally.moves("moves", "message", of: operation.count, place),
      undo: isRetry ? "not by itself" : "opsconsole dead-letters restore \(operation.source) FILE")
    out.take(tally)
    out.name(operation, only: targets.first.map { SafeText(bytes: $0.key, limit: 100) }, "dead message")
    if isRetry {
      let isEdited = operation.verb == .retryEdited
      out.keeps = [isEdited ? "every byte of the message but its arguments" : "every byte of the message: arguments, id, options"]
      out.loses = ["options.retries stays: a message that fails again is dead again at once"]
    }
    out.commands = [isRetry ? "EVALSHA (HSET, RPUSH, ZREM, HDEL in one step)" : "EVALSHA (ZREM, HDEL in one step)"]
    return out
  }

  /// Queues of those that would move.
  private func destinations(_ targets: [Target], _ found: [TargetVerdict]) async throws(Failure) -> SafeText {
    var seen: Set<[UInt8]> = []
    let names = zip(targets, found).filter { $1 == .moved }.map(\.0.scope).filter { seen.insert($0).inserted }
    let lengths = try await client.run(names.prefix(4).map { RedisCommand(.llen, keys.queue($0)) })
    let places = zip(names, lengths).map {
      "\(SafeText(bytes: keys.queue($0), limit: 60)) (\($1.integer.map { Units.count($0) } ?? "?") ready there)" as SafeText
    }
    return SafeText.join(places, ", ") + (names.count > 4 ? " and \(names.count - 4) more queues" as SafeText : "")
  }

  private func wanted(_ operation: Operation) -> [RedisPermissions.Wanted] {
    let queue = operation.targets.scopes.first ?? operation.records.first?.target.scope ?? []
    let run = RedisPermissions.words("EVALSHA", key: Array("0".utf8), "0")
    let dead = [
      RedisPermissions.words("ZREM", key: keys.dead(queue), "x"), RedisPermissions.words("HDEL", key: keys.deadMessages(queue), "x"),
    ]
    switch operation.verb {
    case .retry, .retryEdited:
      return [
        run, RedisPermissions.words("HSET", key: keys.messages(queue), "x", "x"),
        RedisPermissions.words("RPUSH", key: keys.queue(queue), "x"),
      ] + dead
    case .restore: return [run, RedisPermissions.words("ZADD", key: keys.dead(queue), "1", "x")]
    default: return [run] + dead
    }
  }
}
