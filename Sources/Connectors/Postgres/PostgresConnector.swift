import OpsModel
import Synchronization

/// Looks at a PostgreSQL server, versions 12 to 18: sessions, who blocks whom, statements, replication, vacuum, plans.
///
/// Sessions are read-only with statement and lock timeouts; no transaction stays open between polls.
actor PostgresConnector: AttentiveConnector {
  static let kind = ConnectorKind(
    name: "postgres", title: "PostgreSQL", facets: [.sessions, .statements, .locks], restsWhileHeld: true,
    settings: [
      SettingKey("password", .text, "the password, where it does not stand in the url"),
      SettingKey("cores", .wholeNumber, "processors of the server, which no query tells: load is shown against them"),
    ],
    check: { (url) throws(Failure) in try PostgresSettings.check(url) },
    make: { (settings, clock) throws(Failure) in
      try URLText.refuseHiddenPassword(settings.url)
      return PostgresConnector(
        name: settings.name,
        settings: PostgresSettings(connection: settings.url, password: settings.texts["password"], presence: settings.presence),
        own: settings.presence, cores: settings.texts["cores"].flatMap { Double($0) }.map { Int($0) }, isEager: settings.isEager,
        hasOwnWriter: settings.hasOwnWriter, clock: clock)
    })

  let name: SafeText
  private let link: PostgresLink
  let settings: PostgresSettings
  let clock: any OpsClock
  private let watch: PostgresWatch
  private let isVerified: Bool
  private let own: Presence?
  private let place = Mutex<RedisAddress.Place?>(nil)

  init(
    name: SafeText, settings: PostgresSettings, own: Presence? = nil, cores: Int? = nil, isEager: Bool = false, hasOwnWriter: Bool = false,
    clock: any OpsClock
  ) {
    self.settings = settings
    watch = PostgresWatch(
      source: name, clock: clock, isEager: isEager, cores: cores ?? (settings.isLocal ? Processors.count : nil),
      hasOwnWriter: hasOwnWriter)
    self.own = own
    self.name = name
    self.clock = clock
    isVerified = settings.isVerified
    link = PostgresLink(settings: settings, clock: clock)
  }

  func observe() async throws(Failure) -> Observation {
    let began = clock.now()
    let isVerified = isVerified
    let watch = watch
    var observation = try await link.run { (connection) throws(Failure) in
      defer { self.place.withLock { $0 = connection.place } }
      return try watch.read(connection, began: began)
    }
    observation.at = clock.now()
    observation.took = observation.at.age(since: began)
    observation.company = company(observation.sessions)
    if !isVerified, let warning = unverified() { observation.notices.append(warning) }
    return observation
  }

  /// Consoles among the sessions.
  private func company(_ sessions: [SessionState]) -> [Presence] {
    var seen: Set<SafeText> = []
    return sessions.compactMap { $0.application.flatMap { Presence(name: $0.text) } }.filter {
      $0.run != own?.run && seen.insert($0.run).inserted
    }
  }

  func attend() { watch.attend() }

  func knock() async -> Bool {
    guard let place = place.withLock({ $0 }) else { return false }
    return await Knock.postgres(place)
  }

  func close() { link.close() }

  /// libpq's default does not verify who answers. On this host that is no matter.
  private func unverified() -> Notice? {
    guard case .tcp(let host, _) = place.withLock({ $0 }), !["localhost", "127.0.0.1", "::1"].contains(host) else { return nil }
    return Notice(.ok, "the server's certificate is not verified; sslmode=verify-full in the url would do it")
  }
}
