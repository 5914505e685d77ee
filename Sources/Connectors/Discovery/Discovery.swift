public import OpsModel

/// Finds out what runs on this host: its runtimes, Redis with its queue systems, and PostgreSQL. Default ports, sockets and the usual environment
/// variables; nothing beyond this host is tried that the environment does not name.
public struct Discovery: Sendable {
  private let environment: [String: String]
  private let clock: any OpsClock
  private let host: HostDiscovery

  /// - Parameter environment: the process's variables.
  public init(environment: [String: String], clock: any OpsClock) {
    self.environment = environment
    self.clock = clock
    host = HostDiscovery(clock: clock)
  }

  /// What was found, and in words what was looked for and how it answered.
  public struct Found: Sendable {
    public var sources: [SourceSettings] = []
    public var notices: [Notice] = []
    /// Where each source was found, without passwords, for a written configuration.
    public var origins: [SafeText] = []

    public init() {}
  }

  public func run() async -> Found {
    async let redis = RedisDiscovery(environment: environment, clock: clock).run()
    async let postgres = PostgresDiscovery(environment: environment, clock: clock).run()
    var found = Found()
    for part in [await redis, await postgres, host.run()] {
      found.sources += part.sources
      found.origins += part.origins
      found.notices += part.notices
    }
    Self.makeNamesUnique(&found.sources)
    return found
  }

  private static func makeNamesUnique(_ sources: inout [SourceSettings]) {
    var seen: [SafeText: Int] = [:]
    for index in sources.indices {
      let name = sources[index].name
      let count = (seen[name] ?? 0) + 1
      seen[name] = count
      guard count > 1 else { continue }
      let old = sources[index]
      sources[index] = SourceSettings(
        name: "\(name)-\(count)", kind: old.kind, url: old.url, texts: old.texts, lists: old.lists, interval: old.interval)
    }
  }
}
