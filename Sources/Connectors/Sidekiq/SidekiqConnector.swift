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
  private var names = SidekiqNames()

  init(name: SafeText, keys: SidekiqKeys, client: RedisClient, clock: any OpsClock) {
    self.name = name
    self.keys = keys
    self.client = client
    self.clock = clock
  }

  func observe() async throws(Failure) -> Observation {
    let began = clock.now()
    let isFresh = names.isDue(at: began)
    if isFresh { names = try await SidekiqNames.read(keys, client, at: began) }
    var (poll, result) = try await read(began)
    // Queues and processes that came or went since their names were read are shown at once.
    if !isFresh && names.differ(from: result) {
      names = try await SidekiqNames.read(keys, client, at: began)
      (poll, result) = try await read(began)
    }
    names.silent = result.silent
    let now = clock.now()
    for (queue, head) in zip(poll.heads, result.heads) { heads[queue] = (head.size, now, head.enqueued) }
    // The head of every queue was read at least once: there are more only where a queue is gone.
    if heads.count > poll.queues.count {
      let present = Set(poll.queues)
      heads = heads.filter { present.contains($0.key) }
    }
    var observation = Observation(source: name, at: now, took: now.age(since: began), facets: [.queues, .workers, .servers])
    observation.workers = poll.workers(result)
    observation.queues = poll.queues(result, observation.workers, enqueued: heads.mapValues(\.enqueued))
    observation.dead = result.dead
    observation.server = RedisSource.server(await client.server, at: now)
    observation.company = await client.company()
    observation.lookOnly = await client.lookOnly(
      [
        RedisPermissions.words("EVALSHA", key: Array("0".utf8), "0"),
        RedisPermissions.words("LPUSH", key: keys.queue(Array("x".utf8)), "x"),
        RedisPermissions.words("ZREM", key: keys.dead, "x"),
      ])
    observation.notices = notices(result, names.isWhole, observation)
    return observation
  }

  private func read(_ began: Moment) async throws(Failure) -> (SidekiqPoll, SidekiqPoll.Result) {
    let due = names.queues.filter { isDue($0, began) }
    let poll = SidekiqPoll(source: name, keys: keys, queues: names.queues, heads: due, processes: names.processes)
    return (poll, try poll.read(try await client.run(poll.commands)))
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
