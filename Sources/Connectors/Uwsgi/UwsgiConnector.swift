import OpsModel

/// One uWSGI server by its stats socket: TCP, unix, or with `--stats-http`.
actor UwsgiConnector: Connector {
  static let kind = ConnectorKind(
    name: "uwsgi", title: "uWSGI", facets: [.runtimes], settings: [], check: { (url) throws(Failure) in _ = try address(url) },
    make: { (settings, clock) throws(Failure) in
      let (place, question) = try address(settings.url)
      return UwsgiConnector(name: settings.name, place: place, question: question, clock: clock)
    })

  /// `127.0.0.1:1717`, `unix:///run/stats.sock`, `http://127.0.0.1:1717` where it was started with --stats-http.
  private static func address(_ url: String) throws(Failure) -> (place: RedisAddress.Place, question: String) {
    if url.hasPrefix("unix:") || url.hasPrefix("http:") {
      let found = try HTTPAddress(url: url)
      if let socket = found.socket { return (.socket(path: socket), "") }
      return (.tcp(host: found.host, port: found.port), "GET / HTTP/1.0\r\n\r\n")
    }
    let plain = url.hasPrefix("tcp://") ? String(url.dropFirst(6)) : url
    guard let colon = plain.lastIndex(of: ":"), let port = Int(plain[plain.index(after: colon)...]), (1...65_535).contains(port),
      colon > plain.startIndex
    else {
      throw .settings("the address of a stats server is host:port, unix:///path, or http://host:port with --stats-http")
    }
    return (.tcp(host: plain[..<colon].trimmingBrackets, port: port), "")
  }

  private let name: SafeText
  private let place: RedisAddress.Place
  private let question: [UInt8]
  private let clock: any OpsClock
  private var requests: [Int: CounterWindow] = [:]
  private var exceptions: [Int: CounterWindow] = [:]
  private var firstHarakiri: Int?

  init(name: SafeText, place: RedisAddress.Place, question: String, clock: any OpsClock) {
    self.name = name
    self.place = place
    self.question = Array(question.utf8)
    self.clock = clock
  }

  func observe() async throws(Failure) -> Observation {
    let began = clock.now()
    let stats = try UwsgiStats(try await Exchange.ask(place, saying: question))
    let now = clock.now()
    for worker in stats.workers {
      requests[worker.id, default: CounterWindow(length: 15)].add(worker.requests, at: now.steady)
      exceptions[worker.id, default: CounterWindow(length: 15)].add(worker.exceptions, at: now.steady)
    }
    var observation = Observation(source: name, at: now, took: now.age(since: began), facets: [.runtimes])
    observation.runtimes = [state(stats, now)]
    let killed = stats.workers.reduce(0) { $0 + $1.harakiri }
    firstHarakiri = firstHarakiri ?? killed
    if let first = firstHarakiri, killed > first {
      observation.notices.append(
        Notice(
          .warning,
          "\(Units.count(killed - first, "worker")) killed for a request that took too long (harakiri) since this console began to look"))
    }
    return observation
  }

  private var isLocal: Bool {
    switch place {
    case .socket: true
    case .tcp(let host, _): ["127.0.0.1", "localhost", "::1"].contains(host)
    }
  }

  private func state(_ stats: UwsgiStats, _ now: Moment) -> RuntimeState {
    var state = RuntimeState(id: ResourceID(source: name, kind: .runtime, key: name.text), name: name, language: .python)
    state.version = "uWSGI \(stats.version)"
    state.pid = stats.pid
    if isLocal { state.host = LocalHost.name }
    let able = stats.workers.filter { !$0.isCheap }
    let busy = able.reduce(0) { $0 + $1.cores.filter(\.isBusy).count }
    let size = able.reduce(0) { $0 + $1.cores.count }
    let queued = stats.sockets.reduce(0) { $0 + $1.queue }
    state.pools = [RuntimeState.Pool("cores", active: busy, size: size, queued: max(stats.listenQueue, queued))]
    state.signals.set(.poolActive, Double(busy), from: .uwsgi)
    state.signals.set(.poolSize, Double(size), from: .uwsgi)
    state.signals.set(.poolQueue, Double(max(stats.listenQueue, queued)), from: .uwsgi)
    state.signals.set(.acceptBacklog, Double(max(stats.listenQueue, queued)), from: .uwsgi)
    state.listeners = stats.sockets.map { RuntimeState.Listener($0.name, backlog: $0.queue, limit: $0.limit > 0 ? $0.limit : nil) }
    rates(stats, &state)
    state.members = stats.workers.map { worker in
      var member = RuntimeState.Member(pid: worker.pid, state: SafeText(escaping: worker.status, limit: 20))
      member.isBusy = worker.cores.contains(where: \.isBusy)
      member.requests = Int(clamped: worker.requests)
      member.rss = worker.rss
      member.onRequest = worker.cores.filter(\.isBusy).compactMap(\.began).min().map { max(0, now.unix - $0) }
      return member
    }
    return state
  }

  private func rates(_ stats: UwsgiStats, _ state: inout RuntimeState) {
    let done = stats.workers.compactMap { requests[$0.id]?.rate }
    if !done.isEmpty {
      let rate = done.reduce(0, +)
      state.signals.set(.requestRate, rate, from: .uwsgi)
      let failed = stats.workers.compactMap { exceptions[$0.id]?.rate }.reduce(0, +)
      if rate > 0 { state.signals.set(.requestErrors, min(1, failed / rate), from: .uwsgi) }
    }
    let counted = stats.workers.filter { $0.requests > 0 }
    let all = counted.reduce(0) { $0 + $1.requests }
    if all > 0 { state.signals.set(.requestAverage, counted.reduce(0) { $0 + $1.average * $1.requests } / all, from: .uwsgi) }
  }

  func knock() async -> Bool {
    (try? await Exchange.ask(place, saying: question, limits: .init(size: 1 << 20, total: 2)) { !$0.isEmpty }) != nil
  }

  func close() async {}
}

extension Substring {
  /// `[::1]` → `::1`
  fileprivate var trimmingBrackets: String { hasPrefix("[") && hasSuffix("]") ? String(dropFirst().dropLast()) : String(self) }
}
