import OpsModel

/// Looks for Redis on this host and for the queue systems in it.
struct RedisDiscovery: Sendable {
  static let variables = ["REDIS_URL", "RQ_REDIS_URL", "CELERY_BROKER_URL", "BROKER_URL"]
  static let sockets = ["/run/redis/redis-server.sock", "/var/run/redis/redis.sock", "/run/redis/redis.sock", "/tmp/redis.sock"]

  let environment: [String: String]
  let clock: any OpsClock

  private struct Candidate: Sendable {
    let url: String
    let origin: SafeText
  }

  private var candidates: [Candidate] {
    var list: [Candidate] = []
    for name in Self.variables {
      if let url = environment[name], url.hasPrefix("redis") || url.hasPrefix("unix:") {
        list.append(Candidate(url: url, origin: SafeText(escaping: "$" + name)))
      }
    }
    for path in Self.sockets where FileFacts.exists(path) {
      list.append(Candidate(url: "unix://" + path, origin: SafeText(escaping: path)))
    }
    list.append(Candidate(url: "redis://127.0.0.1:6379/0", origin: "127.0.0.1:6379"))
    return list
  }

  func run() async -> Discovery.Found {
    let all = await withTaskGroup(of: (Int, Answer).self) { group in
      for (index, candidate) in candidates.enumerated() { group.addTask { (index, await ask(candidate)) } }
      return await group.reduce(into: [(Int, Answer)]()) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
    }
    var found = Discovery.Found()
    var servers: Set<SafeText> = []
    for answer in all {
      if let server = answer.server, !servers.insert(server).inserted { continue }
      found.notices.append(answer.notice)
      found.sources += answer.sources
      found.origins += answer.sources.map { _ in answer.origin }
    }
    return found
  }

  private struct Answer: Sendable {
    var server: SafeText?
    var origin: SafeText
    var notice: Notice
    var sources: [SourceSettings] = []
  }

  private func ask(_ candidate: Candidate) async -> Answer {
    do throws(Failure) {
      let client = try client(candidate.url, database: nil)
      let databases = try await Self.databases(client)
      let server = await client.server
      await client.close()
      var sources: [SourceSettings] = []
      for database in databases.prefix(32) { sources += try await systems(candidate.url, database) }
      let names = sources.map { SafeText(escaping: $0.kind) }
      let what: SafeText =
        names.isEmpty ? "holds no queue system that is known here (RQ, Celery)" : "holds \(SafeText.join(names, ", "))"
      return Answer(
        server: server.runID.isEmpty ? nil : server.runID, origin: candidate.origin,
        notice: Notice(.ok, "Redis \(server.version) at \(candidate.origin) \(what)"), sources: sources)
    } catch {
      return Answer(origin: candidate.origin, notice: Notice(.ok, "Redis, looked for at \(candidate.origin): \(error.what)"))
    }
  }

  private func client(_ url: String, database: Int?) throws(Failure) -> RedisClient {
    var address = try RedisAddress(url: url)
    if let database { address.database = database }
    let tls = address.isTLS ? try RedisTLS.context(authority: nil) : nil
    return RedisClient(address: address, tls: tls, limits: .init(connect: 1.5, operation: 1.5), clock: clock)
  }

  /// Databases that hold keys, as `INFO keyspace` lists them: `db0:keys=41,expires=3,avg_ttl=0`.
  private static func databases(_ client: RedisClient) async throws(Failure) -> [Int] {
    let reply = try await client.run([RedisCommand(.info, texts: "keyspace")])[0]
    if case .error(let message) = reply { throw RedisFailure.of(message, doing: "INFO keyspace") }
    return RedisServer.fields(reply).compactMap { $0.0.hasPrefix("db") ? Int($0.0.dropFirst(2)) : nil }
  }

  private func systems(_ url: String, _ database: Int) async throws(Failure) -> [SourceSettings] {
    let client = try client(url, database: database)
    let marks = ["rq:queues", "rq:workers", "_kombu.binding.celery", "_kombu.binding.celery.pidbox", "_kombu.binding.celeryev", "unacked"]
    let replies = try await client.run(marks.map { RedisCommand(.exists, texts: $0) })
    let has = replies.map { $0.integer == 1 }
    await client.close()
    let full = Self.url(url, database: database)
    let suffix: SafeText = database == 0 ? "" : "-db\(database)"
    var sources: [SourceSettings] = []
    if has[0] || has[1] { sources.append(SourceSettings(name: "rq\(suffix)", kind: "rq", url: full)) }
    if has[2...].contains(true) { sources.append(SourceSettings(name: "celery\(suffix)", kind: "celery", url: full)) }
    return sources
  }

  /// The same address with another database.
  static func url(_ url: String, database: Int) -> String {
    if url.hasPrefix("redis://") || url.hasPrefix("rediss://") {
      let start = url.range(of: "://")?.upper ?? url.startIndex
      let rest = url[start...]
      let end = rest.firstIndex(where: { $0 == "/" || $0 == "?" }) ?? rest.endIndex
      return String(url[..<end]) + "/\(database)"
    }
    let end = url.firstIndex(of: "?") ?? url.endIndex
    return String(url[..<end]) + "?db=\(database)"
  }
}
