public import Gate
public import OpsModel

/// Every kind of connector. A new one is a folder and a line here.
public enum ConnectorCatalogue {
  private static let systems: [(kind: ConnectorKind, actuator: ActuatorKind?, steps: StepServerKind?)] = [
    (RQConnector.kind, RQConnector.actuator, RedisSteps.kind),
    (CeleryConnector.kind, CeleryConnector.actuator, RedisSteps.kind),
    (SidekiqConnector.kind, SidekiqConnector.actuator, RedisSteps.kind),
    (DramatiqConnector.kind, DramatiqConnector.actuator, RedisSteps.kind),
    (PostgresConnector.kind, PostgresConnector.actuator, PostgresSteps.kind),
    (HostConnector.kind, nil, nil),
    (PrometheusConnector.kind, nil, HTTPSteps.kind),
    (AlertmanagerConnector.kind, AlertmanagerConnector.actuator, HTTPSteps.kind),
    (MetricsConnector.kind, nil, nil),
    (JVMConnector.kind, JVMConnector.actuator, nil),
    (NodeConnector.kind, NodeConnector.actuator, nil),
    (UwsgiConnector.kind, nil, nil),
    (GunicornConnector.kind, nil, nil),
  ]

  public static var all: [ConnectorKind] { systems.map(\.kind) }

  public static func kind(named name: String) -> ConnectorKind? { all.first { $0.name == name } }

  /// How to act on sources of a kind; nil where they can only be looked at.
  public static func actuator(named name: String) -> ActuatorKind? { systems.first { $0.kind.name == name }?.actuator }

  /// How sources of a kind are asked by the steps of runbooks; nil where they can not be.
  public static func stepServer(named name: String) -> StepServerKind? {
    systems.first { $0.kind.name == name }?.steps ?? bare.first { $0.name == name }?.steps
  }

  /// Servers that only runbooks reach: nobody watches them.
  private static let bare:
    [(name: String, settings: [SettingKey], check: @Sendable (String) throws(Failure) -> Void, steps: StepServerKind)] =
      [
        ("http", HTTPSettings.keys, { (url) throws(Failure) in _ = try HTTPAddress(url: url) }, HTTPSteps.kind),
        ("redis", RedisSource.settings, { (url) throws(Failure) in _ = try RedisAddress(url: url) }, RedisSteps.kind),
      ]

  /// Kinds of connections that only runbooks use, with the keys that they understand and the check of their url.
  public static var stepKinds: [ConnectorKind] {
    all.filter { stepServer(named: $0.name) != nil }
      + bare.map { one in
        ConnectorKind(
          name: one.name, title: SafeText(escaping: one.name), facets: [], settings: one.settings, check: one.check,
          make: { (_, _) throws(Failure) in throw .settings("this kind is not watched") })
      }
  }
}
