import OpsModel

/// Processes and alerts of a whole fleet, as a Prometheus server knows them.
actor PrometheusConnector: Connector {
  static let kind = ConnectorKind(
    name: "prometheus", title: "Prometheus", facets: [.runtimes, .alerts], restsWhileHeld: true, tellsDetail: true, usualInterval: 10,
    settings: HTTPSettings.keys + [
      SettingKey("identity", .list, "labels that tell one process from another; default [job, instance]"),
      SettingKey("database_roles", .list, "job=role: the role at a database that a job alone uses, for the cost of its requests"),
      SettingKey("window", .text, "range of rates, four scrapes or more: 2m; default is found out"),
    ],
    check: { (url) throws(Failure) in _ = try HTTPAddress(url: url, usualPort: 9090) },
    make: { (settings, clock) throws(Failure) in
      let address = try HTTPAddress(url: settings.url, usualPort: 9090)
      let identity = settings.lists["identity"] ?? ["job", "instance"]
      guard !identity.isEmpty, identity.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { ExpositionLine.isWord($0) } }) else {
        throw .settings("identity: takes names of labels, such as [job, instance]")
      }
      if let window = settings.texts["window"], PromCatalogue.seconds(window) == nil {
        throw .settings("window: takes a length of time, such as 2m")
      }
      return PrometheusConnector(
        name: settings.name, address, try HTTPSettings(settings, address), identity: identity, window: settings.texts["window"],
        clock: clock)
    })

  private let name: SafeText
  private let link: HTTPLink
  let client: PromClient
  let identity: [String]
  private let window: String?
  let clock: any OpsClock
  private let isLocal: Bool
  private(set) var catalogue: PromCatalogue?
  private var catalogueAt = -Double.infinity
  private var signals = PromSignals()
  private var costs = PromCosts()
  private var rules: [AlertRule] = []
  private var down: Down?
  /// Processes by their first label.
  private var jobs: [String: Int] = [:]
  /// What has no alerts answers 404.
  private var hasAlerts = true
  private var alertTrouble: Failure?
  /// As the server told them last.
  private var alerts: (list: [AlertState], at: Moment)?

  private struct Down {
    let count: Int
    let first: [SafeText]
  }

  init(name: SafeText, _ address: HTTPAddress, _ http: HTTPSettings, identity: [String], window: String?, clock: any OpsClock) {
    self.name = name
    self.identity = identity
    self.window = window
    self.clock = clock
    isLocal = ["127.0.0.1", "localhost", "::1"].contains(address.host)
    // The server's own limit for a question is 5 s: its answer to that must have time to arrive.
    link = HTTPLink(address, http, limits: HTTPLimits(total: 6.5), clock: clock)
    client = PromClient(link: link)
  }

  func observe() async throws(Failure) -> Observation {
    let began = clock.now()
    let catalogue = try await current(began)
    var signals = signals
    let found = try await signals.read(client, catalogue, identity, at: began.steady)
    self.signals = signals
    var costs = costs
    let spent = try await costs.read(client, catalogue, identity, at: began.steady)
    self.costs = costs
    if hasAlerts, let read = await optional("/api/v1/alerts") { alerts = (PromAlerts.read(read, name), clock.now()) }
    // Where the server does not tell them any more, the last ones stand with their age; none known is not none that fire.
    let told = hasAlerts ? alerts : nil
    let now = clock.now()
    var observation = Observation(
      source: name, at: now, took: now.age(since: began), facets: told == nil ? [.runtimes] : [.runtimes, .alerts])
    observation.runtimes = catalogue.processes.sorted { $0.key < $1.key }.map {
      state($0.key, $0.value, found[$0.key], spent[$0.key] ?? [])
    }
    if let told { observation.alerts = told.list }
    observation.rules = rules
    observation.notices = notices(catalogue)
    return observation
  }

  private func current(_ now: Moment) async throws(Failure) -> PromCatalogue {
    // A server that has just started knows nobody yet: it is looked at again with the next poll.
    if let catalogue, !catalogue.processes.isEmpty, now.steady - catalogueAt < PromCatalogue.age { return catalogue }
    let read = try await PromCatalogue.read(client, identity: identity, window: window, now: now.unix)
    catalogue = read
    jobs = Dictionary(grouping: read.processes.values) { $0.labels.first ?? "" }.mapValues(\.count)
    catalogueAt = now.steady
    let missing = await client.vectors(
      [("count", "count(up == 0)"), ("first", "topk(3, up == 0)")], labels: ["job", "instance"])
    down = nil
    var count = 0
    var first: [SafeText] = []
    for (key, result) in missing {
      guard case .success(let vector) = result else { continue }
      if key == "count" {
        count = Int(clamped: vector.rows.first?.value ?? 0)
      } else {
        first = vector.rows.map { "\(SafeText(escaping: $0.labels[0], limit: 40)) \(SafeText(escaping: $0.labels[1], limit: 60))" }
      }
    }
    if count > 0 { down = Down(count: count, first: first) }
    hasAlerts = true
    rules = await optional("/api/v1/rules?type=alert").map { PromAlerts.rules($0) } ?? []
    return read
  }

  /// Nil where the server does not tell; whether it does is looked at again with the names of its metrics.
  private func optional(_ path: String) async -> JSONScan.Slice? {
    do throws(Failure) {
      alertTrouble = nil
      return try await client.data(path)
    } catch {
      if case .settings = error { hasAlerts = false } else { alertTrouble = error }
      return nil
    }
  }

  private func state(_ key: String, _ process: PromCatalogue.Process, _ signals: SignalSet?, _ costs: [Cost]) -> RuntimeState {
    let instance = process.labels.last ?? key
    let first = process.labels.first ?? ""
    let host = instance.split(separator: ":").first.map(String.init) ?? instance
    let isLoopback = host == "127.0.0.1" || host == "localhost"
    // Every job has an instance on the loopback: there the job tells more.
    let isOnly = jobs[first] == 1
    let shown =
      identity.count > 2 ? process.labels.joined(separator: " ") : isLoopback ? (isOnly ? first : first + " " + instance) : instance
    var state = RuntimeState(
      id: ResourceID(source: name, kind: .runtime, key: key), name: SafeText(escaping: shown, limit: 80),
      language: process.language ?? .native)
    state.version = process.version
    state.startedAt = process.startedAt
    state.group = SafeText(escaping: first, limit: 80)
    state.signals = signals ?? SignalSet()
    // prom-client counts the first collection of each batch only.
    if process.language == .node, catalogue?.names["nodejs_gc_duration_seconds_sum"] != nil {
      for signal in [Signal.gcTime, .gcRate] { state.signals.set(signal, state.signals[signal], from: .prometheus, .atLeast) }
    }
    state.costs = costs
    if isLocal && isLoopback { state.port = instance.split(separator: ":").last.flatMap { Int($0) } }
    return state
  }

  private func notices(_ catalogue: PromCatalogue) -> [Notice] {
    var out: [Notice] = []
    if let down {
      let more: SafeText = down.count > down.first.count ? " and \(down.count - down.first.count) more" : ""
      out.append(Notice(.warning, "\(Units.count(down.count, "target")) can not be scraped: \(SafeText.join(down.first, ", "))\(more)"))
    }
    if let alertTrouble {
      let last: SafeText = alerts.map { ", those shown are \(Units.age(clock.now().age(since: $0.at))) old" } ?? ""
      out.append(Notice(.warning, "alerts are not told\(last): \(alertTrouble.what)"))
    }
    for one in signals.refused.prefix(2) { out.append(Notice(.warning, "\(one.signal.name): \(one.failure.what)")) }
    if signals.refused.count > 2 { out.append(Notice(.warning, "\(signals.refused.count - 2) more signals were refused")) }
    for warning in signals.warnings.sorted().prefix(2) { out.append(Notice(.warning, "the server warns: \(warning)")) }
    let broken = rules.filter { $0.trouble != nil }
    if let first = broken.first {
      out.append(
        Notice(
          .warning,
          "rule \(first.name) does not work: \(first.trouble ?? "?")\(broken.count > 1 ? ", and \(broken.count - 1) more" : "" as SafeText)"
        ))
    }
    if catalogue.isCut { out.append(Notice(.warning, "more than \(Units.count(PromCatalogue.most)) processes: the rest is left out")) }
    if catalogue.processes.isEmpty { out.append(Notice(.ok, "no process of a runtime that is known here reports to it")) }
    return out
  }

  func knock() async -> Bool { await Knock.http(link.address) }

  func close() async { await link.close() }
}
