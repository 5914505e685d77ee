import Gate
import OpsModel

/// Looks at Sidekiq 6.4 to 8 in Redis: queues, latency, processes and their jobs, retry and dead sets.
actor SidekiqConnector: Connector {
  static let kind = ConnectorKind(
    name: "sidekiq", title: "Sidekiq in Redis", facets: [.queues, .workers], showsDead: true,
    settings: RedisSource.settings + [SettingKey("namespace", .text, "redis-namespace that stands before the keys")],
    check: { (url) throws(Failure) in _ = try RedisAddress(url: url) },
    make: { (settings, clock) throws(Failure) in
      SidekiqConnector(
        name: settings.name, keys: SidekiqKeys(namespace: settings.texts["namespace"] ?? ""),
        client: try RedisSource.client(settings, clock),
        clock: clock)
    })

  static let actuator = ActuatorKind([.retry, .retryEdited, .discard, .restore, .recover, .quiet, .stop]) {
    (settings, actor, clock) throws(Failure) in
    SidekiqActuator(
      source: settings.name, keys: SidekiqKeys(namespace: settings.texts["namespace"] ?? ""),
      client: try RedisSource.writer(settings, actor, clock), actor: actor, clock: clock)
  }

  let name: SafeText
  let keys: SidekiqKeys
  let client: RedisClient
  let clock: any OpsClock
  /// Sizes of the payloads that were next when they were last read: large ones are looked at rarely.
  private var heads: [[UInt8]: (size: Int, at: Moment, enqueued: Double?)] = [:]

  init(name: SafeText, keys: SidekiqKeys, client: RedisClient, clock: any OpsClock) {
    self.name = name
    self.keys = keys
    self.client = client
    self.clock = clock
  }

  func observe() async throws(Failure) -> Observation {
    let began = clock.now()
    let queues = try await RedisReading.members(of: keys.queues, client)
    let processes = try await RedisReading.members(of: keys.processes, client)
    let sorted = queues.members.sorted { $0.lexicographicallyPrecedes($1) }
    let due = sorted.filter { isDue($0, began) }
    let poll = SidekiqPoll(source: name, keys: keys, queues: sorted, heads: due, processes: processes.members)
    let result = try poll.read(try await client.run(poll.commands))
    let now = clock.now()
    for (queue, head) in zip(due, result.heads) { heads[queue] = (head.size, now, head.enqueued) }
    heads = heads.filter { Set(sorted).contains($0.key) }
    var observation = Observation(source: name, at: now, took: now.age(since: began), facets: [.queues, .workers, .servers])
    observation.queues = poll.queues(result, enqueued: heads.mapValues(\.enqueued))
    observation.workers = poll.workers(result)
    observation.dead = result.dead
    observation.server = RedisSource.server(await client.server, at: now)
    observation.company = await client.company()
    observation.notices = notices(result, queues.isWhole && processes.isWhole, observation)
    return observation
  }

  private func isDue(_ queue: [UInt8], _ now: Moment) -> Bool {
    guard let head = heads[queue] else { return true }
    return head.size <= 65_536 || now.age(since: head.at) >= 30
  }

  private func notices(_ result: SidekiqPoll.Result, _ isWhole: Bool, _ observation: Observation) -> [Notice] {
    var notices: [Notice] = []
    if !isWhole { notices.append(Notice(.warning, "more than \(RedisReading.memberLimit) queues or processes: the rest is not shown")) }
    if observation.queues.isEmpty && observation.workers.isEmpty && result.dead == 0 {
      notices.append(Notice(.warning, "no key of Sidekiq in this database: is the number behind the url's last / right?"))
    }
    if let retries = result.retries, retries > 0 { notices.append(Notice(.ok, "\(Units.count(retries, "job")) wait for another try")) }
    if let dead = result.dead, dead >= 9_500 {
      notices.append(
        Notice(.warning, "\(Units.count(dead)) dead jobs: Sidekiq throws away what is beyond dead_max_jobs (10 000) at the next death"))
    }
    return notices
  }

  func knock() async -> Bool { await client.knock() }

  func close() async { await client.close() }
}
