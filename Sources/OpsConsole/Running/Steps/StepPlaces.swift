import Connectors
import Gate
import OpsModel
import Runbooks

/// Finds what a runbook means by `conn`: a source of the configuration, one of the connections for runbooks, or a host of a group.
struct StepPlaces: Sendable {
  let configuration: Configuration?
  let maker: SourceMaker
  let actor: String

  func source(_ connection: ResolvedConnection) throws(Failure) -> ConfiguredSource {
    var name = connection.name
    if let host = connection.host {
      guard let group = configuration?.runbooks.groups.first(where: { $0.name == name }) else {
        throw .settings("no group of hosts is called \(SafeText(escaping: name, limit: 60)): see runbooks: groups: of the configuration")
      }
      guard group.hosts.contains(host) else {
        throw .settings("\(SafeText(escaping: host, limit: 60)) is no host of \(SafeText(escaping: name, limit: 60))")
      }
      guard let found = group.connection else {
        throw .settings("the group \(SafeText(escaping: name, limit: 60)) names no connection")
      }
      name = found
    }
    let all = (configuration?.sources ?? []) + (configuration?.runbooks.connections ?? [])
    if let found = all.first(where: { $0.name.text == name }) { return found }
    throw .settings("no source and no connection is called \(SafeText(escaping: name, limit: 60))")
  }

  /// - Parameter isWriting: with the credentials for changes.
  func server(_ connection: ResolvedConnection, isWriting: Bool) async throws(Failure) -> any StepServer {
    let source = try source(connection)
    guard let kind = ConnectorCatalogue.stepServer(named: source.kind) else {
      throw .settings("\(source.name) is of kind \(SafeText(escaping: source.kind)), which steps can not ask")
    }
    let settings = try await maker.settings(of: source, isWriting: isWriting)
    return try kind.make(connection.host.map { settings.filled(host: $0) } ?? settings, actor, maker.clock)
  }

  func connector(_ connection: ResolvedConnection) async throws(Failure) -> any Connector {
    var eager = maker
    eager.isEager = true
    return try await eager.connector(of: try source(connection))
  }
}

extension SourceSettings {
  fileprivate func filled(host: String) -> SourceSettings {
    SourceSettings(
      name: name, kind: kind, url: url.replacing(HostGroup.place, with: host), texts: texts, lists: lists, interval: interval,
      presence: presence)
  }
}
