import Gate
import OpsModel

/// Looks at Celery with a Redis broker: queues from bindings, depth over priority lists, what is unacknowledged, and workers by
/// their heartbeat events. Publishes nothing: remote control would be a write.
actor CeleryConnector: WaitingTaskReader, ListeningConnector {
  static let kind = ConnectorKind(
    name: "celery", title: "Celery with a Redis broker", facets: [.queues, .workers], showsWaiting: true, showsDead: true,
    settings: RedisSource.settings + [
      SettingKey("queues", .list, "names of queues to show beside those found in the bindings"),
      SettingKey("prefix", .text, "global_keyprefix of the transport options"),
      SettingKey("results", .text, "url of the result backend, where it is not the database of url"),
      SettingKey("results_prefix", .text, "global_keyprefix of the result backend"),
      SettingKey("dead", .list, "lists that failures are sent to: \"mail.dead\", or \"mail.dead > mail\" with the queue they came from"),
    ],
    check: { (url) throws(Failure) in _ = try RedisAddress(url: url) },
    make: { (settings, clock) throws(Failure) in try CeleryConnector(settings, clock) })

  static let actuator = ActuatorKind(
    [.retry, .retryEdited, .discard, .restore, .recover, .ping, .inspect, .revoke, .grow, .shrink, .shutdown], asksForOrphans: true
  ) { (settings, actor, clock) throws(Failure) in
    try CeleryActuator(settings, actor: actor, clock: clock)
  }

  let name: SafeText
  let client: RedisClient
  let results: RedisClient
  let failures: CeleryFailures
  let lists: [CeleryDeadList]
  let keys: CeleryKeys
  let heard: HeardWorkers
  let clock: any OpsClock
  private var bindings: CeleryBindings
  private var tails = CeleryTails()
  private var walk: CeleryResultWalk
  private var backend = CeleryBackendState()

  init(_ settings: SourceSettings, _ clock: any OpsClock) throws(Failure) {
    name = settings.name
    self.clock = clock
    let places = try CeleryPlaces(settings)
    let keys = places.keys
    let heard = HeardWorkers(clock: clock)
    let failures = CeleryFailures(keys: keys, clock: clock)
    client = try RedisSource.client(settings, clock, pattern: { keys.workerEvents(database: $0) }, onPush: { heard.take($0.payload) })
    // Channels know no database: whoever shares the server publishes to the same ones, and results tell by their key whose they are.
    results = try RedisSource.client(places.results, clock, pattern: { _ in keys.resultPattern }, onPush: { failures.take($0) })
    self.keys = keys
    self.heard = heard
    self.failures = failures
    lists = places.lists
    walk = CeleryResultWalk(keys: keys)
    bindings = CeleryBindings(keys: keys, known: (settings.lists["queues"] ?? []).map { Array($0.utf8) })
  }

  func observe() async throws(Failure) -> Observation {
    let began = clock.now()
    try await refreshBindings(began)
    let poll = CeleryPoll(
      source: name, keys: keys, queues: bindings.queues, tails: tails.due(bindings.queues, keys, at: began),
      deadLists: lists.map { keys.prefix + $0.name })
    let replies = try await client.run(poll.commands)
    let result = try poll.read(replies)
    let now = clock.now()
    tails.seen(result.tails, at: now)
    var observation = Observation(source: name, at: now, took: now.age(since: began), facets: [.queues, .workers, .servers])
    observation.inFlight = result.unacked
    observation.oldestInFlight = result.oldestUnacked
    observation.workers = heard.workers(source: name, registered: bindings.nodes, at: now)
    observation.queues = bindings.queues.enumerated().map { index, queue in
      let ready = result.ready[index]
      return QueueState(
        id: ResourceID(source: name, kind: .queue, key: queue), name: SafeText(bytes: queue, limit: 200), ready: ready,
        oldest: ready == 0 ? .none : tails.age(of: queue, keys, at: now), paused: nil)
    }
    observation.server = RedisSource.server(await client.server, at: now)
    observation.company = await client.company()
    observation.lookOnly = await client.lookOnly(
      [
        RedisPermissions.words("EVALSHA", key: Array("0".utf8), "0"),
        RedisPermissions.words("LPUSH", key: keys.prefix + Array("celery".utf8), "x"),
      ])
    await lookAtResults(&observation, counted: result.dead)
    observation.notices += notices(observation, deaf: await client.deafness)
    return observation
  }

  /// Failed results beside what lies in dead-letter lists. A backend that does not answer is told about, and does not make the queues old.
  private func lookAtResults(_ observation: inout Observation, counted: Int?) async {
    let now = clock.now()
    if backend.isDue(at: now) {
      do throws(Failure) {
        try await walkResults(whole: false)
        backend.answered()
      } catch {
        backend.failed(error, at: clock.now())
      }
    }
    observation.feed = failures.feed(at: now)
    if let failure = backend.failure {
      observation.notices.append(Notice(.warning, "results: \(failure.what)"))
    } else if walk.wholeAt == nil {
      observation.notices.append(Notice(.ok, "still looking for failed results: the database is large"))
    } else {
      observation.dead = counted.map { $0 + failures.count }
      if failures.isCut { observation.notices.append(Notice(.warning, "more than \(Units.count(CeleryFailures.limit)) failed results")) }
      if failures.unreadable > 0 {
        observation.notices.append(Notice(.warning, "\(Units.count(failures.unreadable, "result")) not in JSON: not counted"))
      }
    }
  }

  /// Looks for failed results: a few steps with each poll, or to the end. Between two walks every failure is heard.
  func walkResults(whole: Bool) async throws(Failure) {
    // Who can not hear failures has to look for them.
    let again = await results.deafness == nil ? CeleryResultWalk.again : CeleryResultWalk.againUnheard
    guard walk.isDue(at: clock.now(), again: again) else {
      // Keeps the connection that listens open.
      _ = try await results.run([RedisCommand(.ping)])
      return
    }
    var next = walk
    try await next.step(results, failures, clock, calls: whole ? .max : 4)
    walk = next
  }

  func refreshBindings(_ now: Moment) async throws(Failure) {
    var next = bindings
    try await next.refresh(client, at: now)
    bindings = next
  }

  /// Heartbeats come every two seconds; a registered node that is silent for longer may well be gone.
  func listen() async {
    let nodes = bindings.nodes
    for _ in 0..<25 where !nodes.isEmpty && !heard.all(nodes) { try? await Task.sleep(for: .milliseconds(100)) }
  }

  func knock() async -> Bool { await client.knock() }

  func close() async {
    await client.close()
    await results.close()
  }

  func waitingTasks(of queue: ResourceID, window: Int) async throws(Failure) -> WaitingTasks {
    try await CeleryWaiting(source: name, keys: keys, queue: queue, window: window).read(client, clock)
  }

  private func notices(_ observation: Observation, deaf: SafeText?) -> [Notice] {
    var notices: [Notice] = []
    if !bindings.isWhole { notices.append(Notice(.ok, "still looking for queues: the database is large")) }
    if bindings.isWhole && bindings.queues.isEmpty {
      notices.append(Notice(.warning, "no binding of Celery in this database: is the number behind the url's last / right?"))
    } else if let deaf {
      notices.append(Notice(.warning, "no worker can be heard: \(deaf)"))
    } else if observation.workers.isEmpty, heard.listening(at: clock.now()) > 10 {
      notices.append(Notice(.warning, "no worker heartbeat heard for \(Units.age(heard.listening(at: clock.now())))"))
    }
    return notices
  }
}
