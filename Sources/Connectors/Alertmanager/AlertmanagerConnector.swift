import Gate
import OpsModel

/// Alerts as they are sent to people, with what keeps them quiet.
actor AlertmanagerConnector: Connector {
  static let kind = ConnectorKind(
    name: "alertmanager", title: "Alertmanager", facets: [.alerts], usualInterval: 5, settings: HTTPSettings.keys,
    check: { (url) throws(Failure) in _ = try HTTPAddress(url: url, usualPort: 9093) },
    make: { (settings, clock) throws(Failure) in
      let address = try HTTPAddress(url: settings.url, usualPort: 9093)
      return AlertmanagerConnector(name: settings.name, address, try HTTPSettings(settings, address), clock: clock)
    })

  static let actuator = ActuatorKind([.silence, .expire]) { (settings, actor, clock) throws(Failure) in
    let address = try HTTPAddress(url: settings.url, usualPort: 9093)
    return AlertmanagerActuator(address, try HTTPSettings(settings, address), actor: actor, clock: clock)
  }

  /// Silences that are over are told for this long.
  private static let kept = 3600.0

  private let name: SafeText
  private let link: HTTPLink
  private let clock: any OpsClock

  init(name: SafeText, _ address: HTTPAddress, _ settings: HTTPSettings, clock: any OpsClock) {
    self.name = name
    self.clock = clock
    link = HTTPLink(address, settings, clock: clock)
  }

  func observe() async throws(Failure) -> Observation {
    let began = clock.now()
    let client = AlertmanagerClient(link: link)
    let alerts = try await client.list("/alerts?active=true&silenced=true&inhibited=true&unprocessed=true")
    let silences = try await client.list("/silences")
    let now = clock.now()
    var observation = Observation(source: name, at: now, took: now.age(since: began), facets: [.alerts])
    observation.alerts = alerts.prefix(PromAlerts.most).compactMap { Self.alert($0, name) }
    observation.silences = silences.compactMap { AlertmanagerSilence($0)?.shown(name) }.filter { silence in
      silence.state != .expired || (silence.ends.map { now.unix - $0 < Self.kept } ?? false)
    }
    if alerts.count > PromAlerts.most {
      observation.notices.append(Notice(.warning, "\(Units.count(alerts.count)) alerts: the first \(PromAlerts.most) are told"))
    }
    return observation
  }

  static func alert(_ slice: JSONScan.Slice, _ source: SafeText) -> AlertState? {
    guard let fields = JSONScan.object(slice) else { return nil }
    let labels = AlertLabels(fields["labels"])
    let status = fields["status"].flatMap { JSONScan.object($0) } ?? [:]
    let isQuiet = AlertLabels.text(status["state"]) == "suppressed"
    var alert = AlertState(
      id: ResourceID(source: source, kind: .alert, key: JSONScan.string(fields["fingerprint"]) ?? labels.key),
      name: labels["alertname"] ?? "?",
      severity: AlertState.severity(labels["severity"]), state: isQuiet ? .suppressed : .firing, labels: labels.shown)
    alert.since = AlertmanagerSilence.time(fields["startsAt"])
    alert.summary = AlertLabels(fields["annotations"]).summary
    alert.silencedBy = texts(status["silencedBy"])
    alert.inhibitedBy = texts(status["inhibitedBy"])
    return alert
  }

  private static func texts(_ slice: JSONScan.Slice?) -> [SafeText] {
    (slice.flatMap { JSONScan.array($0) } ?? []).prefix(16).compactMap { AlertLabels.text($0) }
  }

  func knock() async -> Bool { await Knock.http(link.address) }

  func close() async { await link.close() }
}
