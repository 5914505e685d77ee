import Connectors
import Console
import OpsModel

/// Makes connectors of configured sources. Secrets of commands are fetched here, so that they never delay the first paint.
struct SourceMaker: Sendable {
  let clock: any OpsClock

  /// - Throws: `Failure.settings` and the like: what is wrong with this source alone.
  func connector(of source: ConfiguredSource) async throws(Failure) -> any Connector {
    guard let kind = ConnectorCatalogue.kind(named: source.kind) else { throw .settings("unknown kind") }
    var texts: [String: String] = [:]
    for (key, value) in source.texts { texts[key] = try await value.resolved() }
    let settings = SourceSettings(
      name: source.name, kind: source.kind, url: try await source.url.resolved(), texts: texts, lists: source.lists,
      interval: source.interval)
    return try kind.make(settings, clock)
  }

  func connector(of found: SourceSettings) throws(Failure) -> any Connector {
    guard let kind = ConnectorCatalogue.kind(named: found.kind) else { throw .settings("unknown kind") }
    return try kind.make(found, clock)
  }

  static func view(_ name: SafeText, kind: String, interval: Double) -> SourceView {
    let known = ConnectorCatalogue.kind(named: kind)
    return SourceView(
      name: name, kind: SafeText(escaping: kind), facets: known?.facets ?? [], interval: interval,
      canShowWaiting: known?.showsWaiting ?? false)
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
