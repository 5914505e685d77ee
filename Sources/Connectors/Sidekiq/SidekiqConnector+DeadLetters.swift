import OpsModel

extension SidekiqConnector: DeadIdentityReader, RecentFailureReader {
  func deadScopes() async throws(Failure) -> [DeadScope] {
    let replies = try await client.run([RedisCommand(.zcard, keys.dead), RedisCommand(.zcard, keys.retry)])
    for case .error(let message) in replies { throw RedisFailure.of(message, doing: "counting dead jobs") }
    return [
      DeadScope(key: Array("dead".utf8), name: "dead", count: replies[0].integer ?? 0, isQueue: false),
      DeadScope(key: Array("retry".utf8), name: "retry", count: replies[1].integer ?? 0, isQueue: false, isDead: false),
    ]
  }

  func deadPage(of scope: [UInt8], after cursor: DeadCursor?, limit: Int) async throws(Failure) -> DeadPage {
    // A member is a whole job: of large ones a page must not be hundreds of megabytes.
    let page = try await SortedSetWalk.page(client, keys.set(scope), after: cursor, limit: min(limit, 1_000))
    let source = name
    return DeadPage(count: page.entries.count, next: page.next) {
      page.entries.map { SidekiqLetter.letter($0.member, score: $0.score, scope: scope, source: source) }
    }
  }

  func deadIdentities(of scope: [UInt8], limit: Int) async throws(Failure) -> TargetList {
    // A member is a whole job: of large ones a portion must not be hundreds of megabytes.
    var list = TargetList()
    try await SortedSetWalk.all(client, keys.set(scope), portion: 500) { entries in
      for entry in entries where list.count < limit {
        list.append(SidekiqLetter.target(entry.member, score: entry.score, scope: scope))
      }
      return list.count < limit
    }
    return list
  }

  func deadLetters(_ targets: [Target]) async throws(Failure) -> [DeadLetter?] {
    let members = try await SidekiqMembers(keys: keys, client: client).members(of: targets)
    return zip(targets, members).map { target, member in
      member.map { SidekiqLetter.letter($0, score: target.position, scope: target.scope, source: name) }
    }
  }

  func inspect(_ target: Target) async throws(Failure) -> DeadLetterDetail {
    guard let member = try await SidekiqMembers(keys: keys, client: client).members(of: [target])[0] else {
      throw .declined(.noLongerDead("the jobs of the \(SafeText(bytes: target.scope, limit: 40)) set"))
    }
    return SidekiqLetter.detail(member, target, source: name)
  }
}
