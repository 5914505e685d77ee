import OpsModel
import Synchronization

/// Looks at Celery with a Redis broker: queues from bindings, depth over priority lists, what is unacknowledged, and workers by
/// their heartbeat events. Publishes nothing: remote control would be a write.
actor CeleryConnector: WaitingTaskReader, ListeningConnector {
  static let kind = ConnectorKind(
    name: "celery", title: "Celery with a Redis broker", facets: [.queues, .workers], showsWaiting: true,
    settings: RedisSource.settings + [
      SettingKey("queues", .list, "names of queues to show beside those found in the bindings"),
      SettingKey("prefix", .text, "global_keyprefix of the transport options"),
      SettingKey("results", .text, "url of the result backend (kept for dead letters)"),
    ],
    check: { (url) throws(Failure) in _ = try RedisAddress(url: url) },
    make: { (settings, clock) throws(Failure) in
      let keys = CeleryKeys(prefix: settings.texts["prefix"] ?? "")
      let heard = HeardWorkers(clock: clock)
      let client = try RedisSource.client(settings, clock, pattern: { keys.workerEvents(database: $0) }) { push in heard.take(push.payload)
      }
      return CeleryConnector(
        name: settings.name, client: client, keys: keys, heard: heard, known: settings.lists["queues"] ?? [], clock: clock)
    })

  let name: SafeText
  let client: RedisClient
  let keys: CeleryKeys
  let heard: HeardWorkers
  let clock: any OpsClock
  private var bindings: CeleryBindings
  private var tails = CeleryTails()

  init(name: SafeText, client: RedisClient, keys: CeleryKeys, heard: HeardWorkers, known: [String], clock: any OpsClock) {
    self.name = name
    self.client = client
    self.keys = keys
    self.heard = heard
    self.clock = clock
    bindings = CeleryBindings(keys: keys, known: known.map { Array($0.utf8) })
  }

  func observe() async throws(Failure) -> Observation {
    let began = clock.now()
    try await refreshBindings(began)
    let poll = CeleryPoll(source: name, keys: keys, queues: bindings.queues, tails: tails.due(bindings.queues, keys, at: began))
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
    observation.notices = notices(observation)
    return observation
  }

  private func refreshBindings(_ now: Moment) async throws(Failure) {
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

  func close() async { await client.close() }

  func waitingTasks(of queue: ResourceID, window: Int) async throws(Failure) -> WaitingTasks {
    try await CeleryWaiting(source: name, keys: keys, queue: queue, window: window).read(client, clock)
  }

  private func notices(_ observation: Observation) -> [Notice] {
    var notices: [Notice] = []
    if !bindings.isWhole { notices.append(Notice(.ok, "still looking for queues: the database is large")) }
    if bindings.isWhole && bindings.queues.isEmpty {
      notices.append(Notice(.warning, "no binding of Celery in this database: is the number behind the url's last / right?"))
    } else if observation.workers.isEmpty, heard.listening(at: clock.now()) > 10 {
      notices.append(Notice(.warning, "no worker heartbeat heard for \(Units.age(heard.listening(at: clock.now())))"))
    }
    return notices
  }
}
