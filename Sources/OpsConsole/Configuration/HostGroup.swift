import OpsModel
import StrictYAML

/// Hosts by a name: `source: "inventory:web"` of a parameter, `conn: {group: replicas, host: …}` of a step.
struct HostGroup: Hashable, Sendable {
  /// Where the url of a connection has its host filled in.
  static let place = "{host}"

  let name: String
  let hosts: [String]
  /// The connection whose url has `{host}` in it.
  let connection: String?

  static func read(_ node: YAMLNode?, connections: [String], _ reader: inout FieldReader) -> [HostGroup] {
    guard let node else { return [] }
    guard case .list(let items, _) = node else {
      reader.report(node.mark, "groups must be a list, this is \(SafeText(escaping: node.shape))")
      return []
    }
    return items.compactMap { item in
      let fields = reader.fields(item, of: "a group of hosts", known: ["name", "hosts", "connection"])
      guard let name = reader.text(fields["name"], "name") else {
        reader.report(item.mark, "a group of hosts needs a name")
        return nil
      }
      let hosts = reader.list(fields["hosts"], "hosts") ?? []
      let connection = reader.text(fields["connection"], "connection")
      if let connection, !connections.contains(connection) {
        reader.report(fields["connection"]?.mark, FieldReader.unknown("connection", connection, connections))
      }
      return HostGroup(name: name, hosts: hosts, connection: connection)
    }
  }
}
