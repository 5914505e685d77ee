import OpsModel

/// Alerts and rules as the server tells them (`/api/v1/alerts`, `/api/v1/rules?type=alert`).
enum PromAlerts {
  /// Alerts beyond these are counted, not kept.
  static let most = 2000

  static func read(_ data: JSONScan.Slice, _ source: SafeText) -> [AlertState] {
    let list = JSONScan.object(data)?["alerts"].flatMap { JSONScan.array($0) } ?? []
    return list.prefix(most).compactMap { alert(JSONScan.object($0) ?? [:], source) }
  }

  private static func alert(_ fields: [String: JSONScan.Slice], _ source: SafeText) -> AlertState? {
    let labels = AlertLabels(fields["labels"])
    guard let name = labels["alertname"] else { return nil }
    var alert = AlertState(
      id: ResourceID(source: source, kind: .alert, key: labels.key), name: name, severity: AlertState.severity(labels["severity"]),
      state: AlertLabels.text(fields["state"]) == "pending" ? .pending : .firing, labels: labels.shown)
    alert.since = JSONScan.string(fields["activeAt"]).flatMap { Calendar.parse(String(decoding: $0, as: UTF8.self)) }
    alert.value = JSONScan.string(fields["value"]).flatMap { Double(String(decoding: $0, as: UTF8.self)) }.flatMap {
      $0.isFinite ? $0 : nil
    }
    alert.summary = AlertLabels(fields["annotations"]).summary
    return alert
  }

  static func rules(_ data: JSONScan.Slice) -> [AlertRule] {
    let groups = JSONScan.object(data)?["groups"].flatMap { JSONScan.array($0) } ?? []
    return groups.prefix(500).flatMap { slice -> [AlertRule] in
      let group = JSONScan.object(slice) ?? [:]
      let name = AlertLabels.text(group["name"]) ?? ""
      return (group["rules"].flatMap { JSONScan.array($0) } ?? []).prefix(500).compactMap { rule(JSONScan.object($0) ?? [:], name) }
    }
  }

  private static func rule(_ fields: [String: JSONScan.Slice], _ group: SafeText) -> AlertRule? {
    guard let name = AlertLabels.text(fields["name"]) else { return nil }
    var rule = AlertRule(name: name, group: group, state: AlertLabels.text(fields["state"]) ?? "unknown")
    if let health = AlertLabels.text(fields["health"]), health != "ok", health != "unknown" {
      rule.trouble = AlertLabels.text(fields["lastError"]).flatMap { $0.isEmpty ? nil : $0 } ?? health
    }
    return rule
  }
}
