import Gate
import OpsModel

/// Reads whole jobs for the quarantine file: the record's fields, its dependents, its results.
struct RQCapture {
  /// Bytes of one job.
  static let limit = 64 * 1_048_576

  let client: RedisClient

  func records(of targets: [Target]) async throws(Failure) -> [QuarantineRecord?] {
    var records: [QuarantineRecord?] = []
    // Jobs may be large: a few at a time.
    for start in stride(from: 0, to: targets.count, by: 50) {
      records += try await few(Array(targets[start..<min(start + 50, targets.count)]))
    }
    return records
  }

  private func few(_ targets: [Target]) async throws(Failure) -> [QuarantineRecord?] {
    let per = 4
    let replies = try await client.run(
      targets.flatMap { target in
        [
          RedisCommand(.zscore, RQKeys.registry("failed", target.scope), target.key), RedisCommand(.hgetall, RQKeys.job(target.key)),
          RedisCommand(.smembers, RQKeys.dependents(target.key)),
          RedisCommand(.xrange, RQKeys.results(target.key), Array("-".utf8), Array("+".utf8)),
        ]
      })
    // A key of another type is no job: it is left where it is, and its receipt says so.
    for case .error(let message) in replies where !message.hasPrefix("WRONGTYPE") {
      throw RedisFailure.of(message, doing: "reading jobs for the quarantine file")
    }
    return targets.enumerated().map { index, target in
      record(target, Array(replies[(index * per)..<(index * per + per)]))
    }
  }

  /// Nil where the job is gone, or not what it was when it was chosen.
  private func record(_ target: Target, _ replies: [RedisValue]) -> QuarantineRecord? {
    guard let score = replies[0].number, Version(score: score) == target.version else { return nil }
    guard !replies.contains(where: { if case .error = $0 { true } else { false } }) else { return nil }
    let fields = replies[1].array ?? []
    var parts: [QuarantineRecord.Part] = []
    for at in stride(from: 0, to: fields.count - 1, by: 2) {
      if let name = fields[at].plain, let value = fields[at + 1].bytes { parts.append(.init("field:" + name, value)) }
    }
    for member in replies[2].array ?? [] { if let bytes = member.bytes { parts.append(.init("dependent", bytes)) } }
    for entry in replies[3].array ?? [] {
      guard let both = entry.array, both.count == 2, let id = both[0].bytes, let values = both[1].array else { continue }
      parts.append(.init("result", id))
      for at in stride(from: 0, to: values.count - 1, by: 2) {
        if let name = values[at].plain, let value = values[at + 1].bytes { parts.append(.init("result:" + name, value)) }
      }
    }
    // The number of fields goes along: the script compares it before it deletes.
    let captured = Target(scope: target.scope, key: target.key, version: target.version, position: Double(fields.count / 2))
    return QuarantineRecord(target: captured, parts: parts)
  }
}
