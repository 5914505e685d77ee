import OpsModel

/// One process by its own metrics: any endpoint in the text formats of Prometheus or OpenMetrics.
actor MetricsConnector: Connector {
  static let kind = ConnectorKind(
    name: "metrics", title: "Metrics endpoint", facets: [.runtimes], usualInterval: 5,
    settings: HTTPSettings.keys + [
      SettingKey(
        "resets", .text,
        "accept: scrape even an endpoint that empties its event-loop histogram at every scrape, with an interval of 15 s or more")
    ],
    check: { (url) throws(Failure) in _ = try HTTPAddress(url: url) },
    make: { (settings, clock) throws(Failure) in
      let address = try HTTPAddress(url: settings.url)
      if let word = settings.texts["resets"], word != "accept" { throw .settings("resets: takes the word accept, or is left out") }
      if settings.texts["resets"] != nil, settings.interval < restInterval, !settings.isEager {
        throw .settings(
          "resets: accept takes an interval of \(Int(restInterval)) s or more, so that little is taken from others: set interval: 15")
      }
      return MetricsConnector(settings, address, try HTTPSettings(settings, address), clock: clock)
    })

  private let name: SafeText
  private let link: HTTPLink
  private let query: String
  private let clock: any OpsClock
  private let acceptsResets: Bool
  private let isLocal: Bool
  private let port: Int
  private var scrape: Scrape
  private let isEager: Bool
  /// Why it is not scraped any more.
  private var refusal: Failure?

  init(_ settings: SourceSettings, _ address: HTTPAddress, _ http: HTTPSettings, clock: any OpsClock) {
    name = settings.name
    self.clock = clock
    acceptsResets = settings.texts["resets"] == "accept"
    isLocal = ["127.0.0.1", "localhost", "::1"].contains(address.host)
    port = address.port
    query = address.query
    isEager = settings.isEager
    link = HTTPLink(address, http, clock: clock)
    scrape = Scrape(source: settings.name, interval: settings.interval)
  }

  /// Seconds between scrapes of an endpoint that empties its histogram.
  static let restInterval = 15.0

  private static let accept = "application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"

  func observe() async throws(Failure) -> Observation {
    if let refusal { throw refusal }
    let began = clock.now()
    let answer = try await link.get(query, accept: Self.accept)
    guard (200..<300).contains(answer.status) else { throw HTTPFailure.of(answer, link.address) }
    let now = clock.now()
    try scrape.take(answer, at: now.steady)
    if scrape.resets && !acceptsResets {
      let why: Failure = .settings(
        "this endpoint empties its event-loop histogram at every scrape (prom-client, OTel): each look takes a part of every window away from whoever else reads it. It was read once and is left alone now; read it through your Prometheus, or set resets: accept"
      )
      refusal = why
      throw why
    }
    var observation = Observation(source: name, at: now, took: clock.now().age(since: began), facets: [.runtimes])
    observation.runtimes = [state()]
    observation.notices = scrape.notices
    return observation
  }

  private func state() -> RuntimeState {
    var state = scrape.state(ResourceID(source: name, kind: .runtime, key: name.text), name: name, from: .metrics)
    if isLocal { state.port = port }
    return state
  }

  func knock() async -> Bool { await Knock.http(link.address) }

  func close() async { await link.close() }
}
