import OpsModel

/// Finds the exact bytes of frozen targets again: by score, and among those of equal score by their digest.
struct SidekiqMembers {
  /// Members of one score that are looked through at most.
  static let sameScore = 1_000

  let keys: SidekiqKeys
  let client: RedisClient

  /// In the order of the targets; nil where one is gone or is not what it was.
  func members(of targets: [Target]) async throws(Failure) -> [[UInt8]?] {
    var found: [Version: [UInt8]] = [:]
    // Neighbours lie together when a whole set is worked off: one command brings them all.
    if targets.count > 1 { try await range(targets, &found) }
    let missing = targets.filter { found[$0.version] == nil }
    let replies = try await client.run(
      missing.map { target in
        let score = Self.score(target.position)
        return RedisCommand(
          .zrangebyscore, keys.set(target.scope), score, score, Array("LIMIT".utf8), Array("0".utf8), Array("\(Self.sameScore)".utf8))
      })
    for reply in replies { take(reply, &found) }
    return targets.map { found[$0.version] }
  }

  private func range(_ targets: [Target], _ found: inout [Version: [UInt8]]) async throws(Failure) {
    guard let first = targets.first, targets.allSatisfy({ $0.scope == first.scope }) else { return }
    let scores = targets.map(\.position)
    let high = Self.score(scores.max() ?? 0)
    let low = Self.score(scores.min() ?? 0)
    let reply = try await client.run([
      RedisCommand(
        .zrevrangebyscore, keys.set(first.scope), high, low, Array("LIMIT".utf8), Array("0".utf8), Array("\(targets.count + 20)".utf8))
    ])
    if case .error(let message) = reply[0] { throw RedisFailure.of(message, doing: "reading jobs") }
    take(reply[0], &found)
  }

  private func take(_ reply: RedisValue, _ found: inout [Version: [UInt8]]) {
    for value in reply.array ?? [] { if let bytes = value.bytes { found[Version(of: bytes)] = bytes } }
  }

  static func score(_ score: Double) -> [UInt8] { Array(String(score).utf8) }
}
