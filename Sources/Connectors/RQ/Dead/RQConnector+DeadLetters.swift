import OpsModel

extension RQConnector: DeadIdentityReader, RecentFailureReader {
  func deadScopes() async throws(Failure) -> [DeadScope] {
    let names = try await RQNames.read(client, at: clock.now())
    let counts = try await client.run(names.queues.map { RedisCommand(.zcard, RQKeys.registry("failed", $0)) })
    var scopes: [DeadScope] = []
    for (queue, count) in zip(names.queues, counts) {
      if case .error(let message) = count { throw RedisFailure.of(message, doing: "counting failed jobs") }
      scopes.append(DeadScope(key: queue, name: SafeText(bytes: queue, limit: 200), count: count.integer ?? 0))
    }
    return scopes
  }

  func deadPage(of scope: [UInt8], after cursor: DeadCursor?, limit: Int) async throws(Failure) -> DeadPage {
    let page = try await SortedSetWalk.page(client, RQKeys.registry("failed", scope), after: cursor, limit: limit)
    var jobs = RQDeadPage(source: name, entries: page.entries.map { (scope, $0.member, $0.score) })
    try await jobs.read(client)
    let read = jobs
    return DeadPage(count: page.entries.count, next: page.next) { read.letters }
  }

  func deadIdentities(of scope: [UInt8], limit: Int) async throws(Failure) -> TargetList {
    var list = TargetList()
    try await SortedSetWalk.all(client, RQKeys.registry("failed", scope)) { entries in
      for entry in entries where list.count < limit {
        list.append(Target(scope: scope, key: entry.member, version: Version(score: entry.score), position: entry.score))
      }
      return list.count < limit
    }
    return list
  }

  func deadLetters(_ targets: [Target]) async throws(Failure) -> [DeadLetter?] {
    let scores = try await client.run(targets.map { RedisCommand(.zscore, RQKeys.registry("failed", $0.scope), $0.key) })
    var jobs = RQDeadPage(
      source: name, entries: zip(targets, scores).map { target, score in (target.scope, target.key, score.number ?? 0) })
    try await jobs.read(client)
    return zip(jobs.letters, scores).map { letter, score in score.number == nil ? nil : letter }
  }

  func inspect(_ target: Target) async throws(Failure) -> DeadLetterDetail {
    guard let letter = try await deadLetters([target])[0] else {
      throw .declined(.noLongerDead("the failed jobs"))
    }
    return try await RQInspection(client: client, letter: letter).detail()
  }
}
