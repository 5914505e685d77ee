public import Gate
public import OpsModel

/// Every kind of connector. A new one is a folder and a line here.
public enum ConnectorCatalogue {
  private static let systems: [(kind: ConnectorKind, actuator: ActuatorKind?)] = [
    (RQConnector.kind, RQConnector.actuator),
    (CeleryConnector.kind, CeleryConnector.actuator),
    (SidekiqConnector.kind, SidekiqConnector.actuator),
    (DramatiqConnector.kind, DramatiqConnector.actuator),
    (PostgresConnector.kind, PostgresConnector.actuator),
    (HostConnector.kind, nil),
    (PrometheusConnector.kind, nil),
    (AlertmanagerConnector.kind, AlertmanagerConnector.actuator),
    (MetricsConnector.kind, nil),
    (JVMConnector.kind, JVMConnector.actuator),
    (NodeConnector.kind, NodeConnector.actuator),
    (UwsgiConnector.kind, nil),
    (GunicornConnector.kind, nil),
  ]

  public static var all: [ConnectorKind] { systems.map(\.kind) }

  public static func kind(named name: String) -> ConnectorKind? { all.first { $0.name == name } }

  /// How to act on sources of a kind; nil where they can only be looked at.
  public static func actuator(named name: String) -> ActuatorKind? { systems.first { $0.kind.name == name }?.actuator }
}
