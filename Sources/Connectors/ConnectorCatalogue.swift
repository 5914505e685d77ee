public import OpsModel

/// Every kind of source. A new connector is a folder and a line here.
public enum ConnectorCatalogue {
  public static let all: [ConnectorKind] = [
    RQConnector.kind,
    CeleryConnector.kind,
    PostgresConnector.kind,
  ]

  public static func kind(named name: String) -> ConnectorKind? { all.first { $0.name == name } }
}
