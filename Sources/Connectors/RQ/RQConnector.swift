import Gate
import OpsModel

/// Looks at RQ 2.x in Redis: queues, registries, workers and their counters, all by O(1) reads.
actor RQConnector: WaitingTaskReader {
  static let kind = ConnectorKind(
    name: "rq", title: "RQ queues in Redis", facets: [.queues, .workers], showsWaiting: true, showsDead: true,
    settings: RedisSource.settings,
    check: { (url) throws(Failure) in _ = try RedisAddress(url: url) },
    make: {
      (settings, clock) throws(Failure) in
      RQConnector(name: settings.name, client: try RedisSource.client(settings, clock), clock: clock)
    })

  static let actuator = ActuatorKind([.retry, .discard, .restore, .recover, .suspend, .resume, .stopJob, .shutdown]) {
    (settings, actor, clock) throws(Failure) in
    RQActuator(source: settings.name, client: try RedisSource.writer(settings, actor, clock), actor: actor, clock: clock)
  }

  /// Queue and worker names are read again this often even if their number did not change.
  static let namesAge = 10.0

  let name: SafeText
  let client: RedisClient
  let clock: any OpsClock
  private var names = RQNames()
  /// The first commands of a poll. They stay the same until the names are read again.
  private var questions: RedisPipeline?
  private var known = RQKnown()
  /// What busy workers work on, by job id: read once per job.
  private var descriptions: [[UInt8]: SafeText] = [:]

  init(name: SafeText, client: RedisClient, clock: any OpsClock) {
    self.name = name
    self.client = client
    self.clock = clock
  }

  func observe() async throws(Failure) -> Observation {
    let began = clock.now()
    try await refreshNames(began)
    let poll = RQPoll(source: name, names: names, now: began.unix)
    let asked = questions ?? RedisPipeline(poll.commands)
    questions = asked
    let replies = try await client.run(asked)
    guard let first = try poll.read(replies) else { throw .garbage("a TIME reply of another shape") }
    if first.queueCount != names.queues.count || first.workerCount != names.workers.count { names.readAt = nil }
    let details = RQDetails(source: name, first: first)
    let second = try await client.run(details.commands)
    try await refreshDescriptions(first)
    let now = clock.now()
    var observation = Observation(source: name, at: now, took: now.age(since: began), facets: [.queues, .workers, .servers])
    details.fill(&observation, second, descriptions, &known)
    observation.server = RedisSource.server(await client.server, at: now)
    observation.company = await client.company()
    observation.lookOnly = await client.lookOnly(
      [
        RedisPermissions.words("EVALSHA", key: Array("0".utf8), "0"),
        RedisPermissions.words("RPUSH", key: RQKeys.queue(Array("x".utf8)), "x"),
        RedisPermissions.words("ZREM", key: RQKeys.registry("failed", Array("x".utf8)), "x"),
      ])
    if !names.isWhole {
      observation.notices.append(Notice(.warning, "more than \(RedisReading.memberLimit) queues or workers: the rest is not shown"))
    }
    if names.queues.isEmpty && names.workers.isEmpty {
      observation.notices.append(Notice(.warning, "no key of RQ in this database: is the number behind the url's last / right?"))
    }
    return observation
  }

  func knock() async -> Bool { await client.knock() }

  func close() async { await client.close() }

  func waitingTasks(of queue: ResourceID, window: Int) async throws(Failure) -> WaitingTasks {
    try await RQWaiting(source: name, queue: queue, window: window).read(client, clock)
  }

  private func refreshNames(_ now: Moment) async throws(Failure) {
    if let at = names.readAt, now.age(since: at) < Self.namesAge { return }
    names = try await RQNames.read(client, at: now)
    questions = nil
    known.keep(names)
  }

  /// Descriptions may be megabytes long, so their size is asked first, and each is read once.
  private func refreshDescriptions(_ first: RQPoll.Result) async throws(Failure) {
    let jobs = first.workers.compactMap(\.job)
    let unknown = Set(jobs.filter { descriptions[$0] == nil })
    if descriptions.count + unknown.count > jobs.count {
      let there = Set(jobs)
      descriptions = descriptions.filter { there.contains($0.key) }
    }
    guard !unknown.isEmpty else { return }
    let field = Array("description".utf8)
    let asked = Array(unknown)
    let sizes = try await client.run(asked.map { RedisCommand(.hstrlen, RQKeys.job($0), field) })
    let small = zip(asked, sizes).filter { ($0.1.integer ?? 0) <= RQWaiting.payloadLimit }.map(\.0)
    let texts = try await client.run(small.map { RedisCommand(.hget, RQKeys.job($0), field) })
    for (job, text) in zip(small, texts) { if let bytes = text.bytes { descriptions[job] = SafeText(bytes: bytes, limit: 400) } }
    for (job, size) in zip(asked, sizes) where descriptions[job] == nil {
      descriptions[job] = "job \(SafeText(bytes: job, limit: 80)), description of \(Units.bytes(Double(size.integer ?? 0)))"
    }
  }
}
