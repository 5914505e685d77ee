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

  /// Entries that are asked for at once when all of a set is walked over.
  static let portion = 5_000

  /// Walks over the whole set, two portions under way: the server reads the next one while the last one is taken apart. Portions are asked for
  /// by number and overlap by one entry; where that is another one the set has changed meanwhile, and the place is looked for by member.
  static func all(_ client: RedisClient, _ key: [UInt8], portion: Int = portion, _ body: ([Entry]) -> Bool) async throws(Failure) {
    var window = Window(client: client, key: key, portion: portion, start: 0)
    var kept: [Entry] = []
    while true {
      var entries = try await window.next()
      if let last = kept.last {
        guard entries.first?.member == last.member else {
          guard let place = try await place(client, key, behind: kept) else { return }
          window = Window(client: client, key: key, portion: portion, start: place)
          kept = []
          continue
        }
        entries.removeFirst()
      }
      guard !entries.isEmpty, body(entries) else { return }
      kept = Array(entries.suffix(remembered))
    }
  }

  /// Portions in their order, one ahead.
  private struct Window {
    let client: RedisClient
    let key: [UInt8]
    let portion: Int
    var start: Int
    var ahead: [Task<Result<RedisValue, Failure>, Never>] = []

    init(client: RedisClient, key: [UInt8], portion: Int, start: Int) {
      self.client = client
      self.key = key
      self.portion = portion
      self.start = start
    }

    mutating func next() async throws(Failure) -> [Entry] {
      while ahead.count < 2 {
        // Each but the first begins with the last entry of the one before.
        let command = range(key, from: start, portion + 1)
        start += portion
        let client = client
        ahead.append(Task { do throws(Failure) { return .success(try await client.run([command])[0]) } catch { return .failure(error) } })
      }
      let reply = try await ahead.removeFirst().value.get()
      try check([reply], key)
      return entries(reply)
    }
  }

  /// The number of the first entry behind those that were seen.
  private static func place(_ client: RedisClient, _ key: [UInt8], behind seen: [Entry]) async throws(Failure) -> Int? {
    let ranks = try await client.run(seen.map { RedisCommand(.zrevrank, key, $0.member) })
    try check(ranks, key)
    if let known = ranks.compactMap(\.integer).max() { return known + 1 }
    guard let last = seen.last else { return nil }
    return try await above(client, key, last.score)
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
