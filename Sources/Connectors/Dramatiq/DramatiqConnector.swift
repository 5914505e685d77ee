import Gate
import OpsModel

/// Looks at Dramatiq with a Redis broker: queues, delayed and dead messages, and who was heard of.
actor DramatiqConnector: Connector {
  static let kind = ConnectorKind(
    name: "dramatiq", title: "Dramatiq with a Redis broker", facets: [.queues, .workers], showsDead: true,
    settings: RedisSource.settings + [
      SettingKey("namespace", .text, "namespace of the broker (dramatiq)"),
      SettingKey("queues", .list, "names of queues to show beside those that are found"),
    ],
    check: { (url) throws(Failure) in _ = try RedisAddress(url: url) },
    make: { (settings, clock) throws(Failure) in
      DramatiqConnector(
        name: settings.name, keys: DramatiqKeys(namespace: settings.texts["namespace"] ?? "dramatiq"),
        known: settings.lists["queues"] ?? [], client: try RedisSource.client(settings, clock), clock: clock)
    })

  static let actuator = ActuatorKind([.retry, .retryEdited, .discard, .restore]) { (settings, actor, clock) throws(Failure) in
    DramatiqActuator(
      source: settings.name, keys: DramatiqKeys(namespace: settings.texts["namespace"] ?? "dramatiq"),
      client: try RedisSource.writer(settings, actor, clock), actor: actor, clock: clock)
  }

  /// Seconds that Dramatiq keeps dead messages (`dead_message_ttl`), unless it was told otherwise.
  static let keptFor = 7.0 * 86_400
  /// Commands to ask what each worker holds of each queue at most.
  static let acksLimit = 2_000

  let name: SafeText
  let keys: DramatiqKeys
  let client: RedisClient
  let clock: any OpsClock
  private var names: DramatiqNames

  init(name: SafeText, keys: DramatiqKeys, known: [String], client: RedisClient, clock: any OpsClock) {
    self.name = name
    self.keys = keys
    self.client = client
    self.clock = clock
    names = DramatiqNames(keys: keys, known: known)
  }

  func queues(whole: Bool) async throws(Failure) -> [[UInt8]] {
    var next = names
    try await next.refresh(client, at: clock.now(), whole: whole)
    names = next
    return next.queues
  }

  func observe() async throws(Failure) -> Observation {
    let began = clock.now()
    let poll = DramatiqPoll(source: name, keys: keys, queues: try await queues(whole: false))
    let first = try poll.read(try await client.run(poll.commands))
    let details = try await client.run(poll.details(first))
    let now = clock.now()
    var observation = Observation(source: name, at: now, took: now.age(since: began), facets: [.queues, .workers, .servers])
    poll.fill(&observation, first, details)
    observation.server = RedisSource.server(await client.server, at: now)
    observation.company = await client.company()
    observation.lookOnly = await client.lookOnly(
      [
        RedisPermissions.words("EVALSHA", key: Array("0".utf8), "0"),
        RedisPermissions.words("RPUSH", key: keys.queue(Array("x".utf8)), "x"),
        RedisPermissions.words("ZREM", key: keys.dead(Array("x".utf8)), "x"),
      ])
    if !names.isWhole { observation.notices.append(Notice(.ok, "still looking for queues: the database is large")) }
    if names.isWhole && names.queues.isEmpty {
      observation.notices.append(Notice(.warning, "no key of Dramatiq in this database: is the number behind the url's last / right?"))
    }
    return observation
  }

  func knock() async -> Bool { await client.knock() }

  func close() async { await client.close() }
}
