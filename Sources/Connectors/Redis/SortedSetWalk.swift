import OpsModel

/// Pages through a sorted set from its highest score down. The place is kept by member and not by number, so that entries that come and
/// go between two pages neither repeat nor hide others. Each page is `O(log n + page)` on the server.
enum SortedSetWalk {
  struct Entry: Sendable {
    let member: [UInt8]
    let score: Double
  }

  struct Page: Sendable {
    let entries: [Entry]
    /// Nil at the end.
    let next: DeadCursor?
  }

  /// Entries whose place is asked, should the last ones be gone.
  private static let remembered = 3

  static func page(_ client: RedisClient, _ key: [UInt8], after cursor: DeadCursor?, limit: Int) async throws(Failure) -> Page {
    let guess = cursor?.walked ?? 0
    var commands = (cursor?.last ?? []).map { RedisCommand(.zrevrank, key, $0) }
    commands.append(range(key, from: guess, limit))
    let replies = try await client.run(commands)
    try check(replies, key)
    var start = 0
    if let cursor {
      if let known = replies.dropLast().compactMap(\.integer).max() {
        start = known + 1
      } else {
        start = try await above(client, key, cursor.position)
      }
    }
    let found = start == guess ? replies[replies.count - 1] : try await client.run([range(key, from: start, limit)])[0]
    try check([found], key)
    let entries = entries(found)
    guard let last = entries.last, entries.count == limit else { return Page(entries: entries, next: nil) }
    let kept = entries.suffix(remembered).map(\.member)
    return Page(entries: entries, next: DeadCursor(last: kept, position: last.score, walked: start + entries.count))
  }

  /// Where all remembered entries are gone: behind everything that has a higher score.
  private static func above(_ client: RedisClient, _ key: [UInt8], _ score: Double) async throws(Failure) -> Int {
    let reply = try await client.run([RedisCommand(.zcount, key, Array("(\(score)".utf8), Array("+inf".utf8))])
    try check(reply, key)
    return reply[0].integer ?? 0
  }

  private static func range(_ key: [UInt8], from start: Int, _ limit: Int) -> RedisCommand {
    RedisCommand(.zrevrange, key, Array("\(start)".utf8), Array("\(start + limit - 1)".utf8), Array("WITHSCORES".utf8))
  }

  private static func check(_ replies: [RedisValue], _ key: [UInt8]) throws(Failure) {
    for case .error(let message) in replies { throw RedisFailure.of(message, doing: "reading \(SafeText(bytes: key, limit: 80))") }
  }

  static func entries(_ reply: RedisValue) -> [Entry] {
    let values = reply.array ?? []
    return stride(from: 0, to: values.count - 1, by: 2).compactMap { at in
      guard let member = values[at].bytes, let score = values[at + 1].number else { return nil }
      return Entry(member: member, score: score)
    }
  }
}
