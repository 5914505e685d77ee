import Gate
import OpsModel

extension DramatiqActuator {
  func rehearse(_ operation: Operation) async throws(Failure) -> Rehearsal {
    try await RedisPermissions.check(
      client, wanted(operation), doing: "\(SafeText(escaping: operation.verb.rawValue)) on \(operation.source)")
    switch operation.verb {
    case .retry, .discard: return try await dead(operation)
    case .retryEdited:
      _ = try operation.editedCall()
      return try await dead(operation)
    case .restore:
      var out = await rehearsal(
        operation.count, operation.count, moves: "\(Units.count(operation.count, "message")) from the file back among the dead",
        undo: "discard them again")
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
    default: throw .refused(code: "", message: "Dramatiq does not offer \(SafeText(escaping: operation.verb.rawValue))")
    }
  }

  private func rehearsal(_ affected: Int, _ examined: Int, moves: SafeText, undo: SafeText) async -> Rehearsal {
    Rehearsal(
      affected: affected, examined: examined, moves: moves, undo: undo, guarantee: .atomic, place: client.address.shown,
      account: client.address.user.map { SafeText(escaping: $0, limit: 64) } ?? "default", serverID: await client.server.runID)
  }

  private func dead(_ operation: Operation) async throws(Failure) -> Rehearsal {
    let targets = operation.targets[0..<min(Self.examined, operation.targets.count)]
    let scores = try await client.run(targets.map { RedisCommand(.zscore, keys.dead($0.scope), $0.key) })
    let sizes = try await client.run(targets.map { RedisCommand(.hstrlen, keys.deadMessages($0.scope), $0.key) })
    var reasons: [Outcome: Int] = [:]
    for (index, target) in targets.enumerated() {
      let outcome: Outcome =
        switch (scores[index].number, sizes[index].integer) {
        case (nil, _): .absent
        case (let score?, _) where Version(score: score) != target.version: .changed
        case (_, 0) where operation.verb != .discard: .payloadMissing
        default: .moved
        }
      reasons[outcome, default: 0] += 1
    }
    let isRetry = operation.verb != .discard
    let lengths = try await client.run(operation.targets.scopes.prefix(4).map { RedisCommand(.llen, keys.queue($0)) })
    let places = zip(operation.targets.scopes, lengths).map {
      "\(SafeText(bytes: keys.queue($0), limit: 60)) (\($1.integer.map { Units.count($0) } ?? "?") ready there)" as SafeText
    }
    let messages = Units.count(operation.count, "message")
    var out = await rehearsal(
      reasons[.moved] ?? 0, targets.count,
      moves: isRetry ? "\(messages) to \(SafeText.join(places, ", "))" : "\(messages) to a quarantine file, then deletes them",
      undo: isRetry ? "not by itself" : "opsconsole dead-letters restore \(operation.source) FILE")
    for outcome in Outcome.allCases where outcome != .moved {
      if let count = reasons[outcome] { out.refused.append((outcome.meaning, count)) }
    }
    if isRetry {
      let isEdited = operation.verb == .retryEdited
      out.keeps = [isEdited ? "every byte of the message but its arguments" : "every byte of the message: arguments, id, options"]
      out.loses = ["options.retries stays: a message that fails again is dead again at once"]
    }
    out.commands = [isRetry ? "EVALSHA (HSET, RPUSH, ZREM, HDEL in one step)" : "EVALSHA (ZREM, HDEL in one step)"]
    return out
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
