import OpsModel

extension DramatiqConnector: DeadIdentityReader, RecentFailureReader {
  /// Bytes of a message that are fetched for a list.
  static let messageLimit = 262_144

  func deadScopes() async throws(Failure) -> [DeadScope] {
    let queues = try await queues(whole: true)
    let counts = try await client.run(queues.map { RedisCommand(.zcard, keys.dead($0)) })
    var scopes: [DeadScope] = []
    for (queue, count) in zip(queues, counts) {
      if case .error(let message) = count { throw RedisFailure.of(message, doing: "counting dead messages") }
      scopes.append(DeadScope(key: queue, name: SafeText(bytes: queue, limit: 200), count: count.integer ?? 0))
    }
    return scopes
  }

  func deadPage(of scope: [UInt8], after cursor: DeadCursor?, limit: Int) async throws(Failure) -> DeadPage {
    let page = try await SortedSetWalk.page(client, keys.dead(scope), after: cursor, limit: limit)
    let messages = try await messages(scope, page.entries.map(\.member))
    let source = name
    return DeadPage(count: page.entries.count, next: page.next) {
      zip(page.entries, messages).map { entry, message in
        DramatiqLetter.letter(entry.member, score: entry.score, message, queue: scope, source: source)
      }
    }
  }

  func deadIdentities(of scope: [UInt8], limit: Int) async throws(Failure) -> TargetList {
    var list = TargetList()
    try await SortedSetWalk.all(client, keys.dead(scope)) { entries in
      for entry in entries where list.count < limit {
        list.append(Target(scope: scope, key: entry.member, version: Version(score: entry.score), position: entry.score))
      }
      return list.count < limit
    }
    return list
  }

  func deadLetters(_ targets: [Target]) async throws(Failure) -> [DeadLetter?] {
    var letters: [DeadLetter?] = []
    for target in targets {
      let score = try await client.run([RedisCommand(.zscore, keys.dead(target.scope), target.key)])[0].number
      let message = try await messages(target.scope, [target.key])[0]
      letters.append(score.map { DramatiqLetter.letter(target.key, score: $0, message, queue: target.scope, source: name) })
    }
    return letters
  }

  func inspect(_ target: Target) async throws(Failure) -> DeadLetterDetail {
    guard let letter = try await deadLetters([target])[0] else {
      throw .declined(.noLongerDead("the dead messages"))
    }
    return DramatiqLetter.detail(letter, try await messages(target.scope, [target.key])[0])
  }

  /// Sizes first; what is too large is not fetched.
  private func messages(_ queue: [UInt8], _ ids: [[UInt8]]) async throws(Failure) -> [DramatiqLetter.Stored] {
    let key = keys.deadMessages(queue)
    let sizes = try await client.run(ids.map { RedisCommand(.hstrlen, key, $0) })
    let values = try await client.run(
      zip(ids, sizes).map { id, size in
        RedisCommand(.hget, key, (size.integer ?? 0) <= Self.messageLimit ? id : Array("no-such-field".utf8))
      })
    return zip(sizes, values).map { DramatiqLetter.Stored(size: $0.integer ?? 0, bytes: $1.bytes) }
  }
}
