import Connectors
import Console
import Gate
import OpsModel

/// Makes connectors of configured sources. Secrets of commands are fetched here, so that they never delay the first paint.
struct SourceMaker: Sendable {
  let clock: any OpsClock
  /// Who others on the servers shall see.
  var presence: Presence?
  /// For scripts, which look once or twice.
  var isEager = false

  /// - Throws: `Failure.settings` and the like: what is wrong with this source alone.
  func connector(of source: ConfiguredSource) async throws(Failure) -> any Connector {
    guard let kind = ConnectorCatalogue.kind(named: source.kind) else { throw .settings("unknown kind") }
    return try kind.make(try await settings(of: source, isWriting: false), clock)
  }

  /// The credentials for changes are fetched here, at the moment of an operation.
  func actuator(of source: ConfiguredSource, actor: String) async throws(Failure) -> any Actuator {
    guard let kind = ConnectorCatalogue.actuator(named: source.kind) else { throw .settings("this kind of source has no actions") }
    return try kind.make(try await settings(of: source, isWriting: true), actor, clock)
  }

  func settings(of source: ConfiguredSource, isWriting: Bool) async throws(Failure) -> SourceSettings {
    var texts: [String: String] = [:]
    for (key, value) in source.texts { texts[key] = try await value.resolved() }
    // `password:` belongs to `url:`.
    if isWriting && source.write != nil { texts["password"] = nil }
    let url = isWriting ? source.write ?? source.url : source.url
    var settings = SourceSettings(
      name: source.name, kind: source.kind, url: try await url.resolved(), texts: texts, lists: source.lists,
      interval: source.interval, presence: presence)
    settings.isEager = isEager
    // Before it is sent anywhere: what comes back of it is not shown.
    Hiding.process.learn(settings.credentials)
    settings.hasOwnWriter = source.write != nil
    return settings
  }

  func connector(of found: SourceSettings) throws(Failure) -> any Connector {
    guard let kind = ConnectorCatalogue.kind(named: found.kind) else { throw .settings("unknown kind") }
    var found = found
    found.presence = presence
    found.isEager = isEager
    return try kind.make(found, clock)
  }

  static func view(of source: ConfiguredSource) -> SourceView {
    var roles: [SafeText: SafeText] = [:]
    if let all = source.databaseRole { roles[""] = SafeText(escaping: all, limit: 64) }
    for entry in source.lists["database_roles"] ?? [] {
      let parts = entry.split(separator: "=", maxSplits: 1).map(String.init)
      if parts.count == 2 { roles[SafeText(escaping: parts[0], limit: 80)] = SafeText(escaping: parts[1], limit: 64) }
    }
    return view(source.name, kind: source.kind, interval: source.interval, roles: roles)
  }

  static func view(_ name: SafeText, kind: String, interval: Double, roles: [SafeText: SafeText] = [:]) -> SourceView {
    let known = ConnectorCatalogue.kind(named: kind)
    let actuator = ConnectorCatalogue.actuator(named: kind)
    return SourceView(
      name: name, kind: SafeText(escaping: kind), facets: known?.facets ?? [], interval: interval,
      canShowWaiting: known?.showsWaiting ?? false, canShowDead: known?.showsDead ?? false,
      verbs: actuator?.verbs ?? [], asksForOrphans: actuator?.asksForOrphans ?? false,
      restsWhileHeld: known?.restsWhileHeld ?? false,
      tellsDetail: known?.tellsDetail ?? false, databaseRoles: roles)
  }
}

/// A source whose settings can not be used: it says so at every poll, like any other failure.
struct BrokenSource: Connector {
  static let kind = ConnectorKind(
    name: "", title: "", facets: [], settings: [], check: { _ in },
    make: { (_, _) throws(Failure) in
      throw .settings("")
    })

  let failure: Failure

  func observe() async throws(Failure) -> Observation { throw failure }
  func knock() async -> Bool { false }
  func close() async {}
}
