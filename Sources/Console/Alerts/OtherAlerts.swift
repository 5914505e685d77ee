import OpsModel

/// Alerts of other systems. What their own silences keep quiet still fires: it is muted, and not over.
struct OtherAlerts: Sendable {
  private struct Known {
    var alert: AlertState
    /// Its beginning was told.
    var isTold: Bool
  }

  private var known: [ResourceID: Known] = [:]

  subscript(id: ResourceID) -> AlertState? { known[id]?.alert }

  /// - Returns: what changed since the last observation of this source.
  mutating func take(_ observed: Observation) -> [(kind: AlertChange.Kind, alert: AlertState)] {
    var out: [(AlertChange.Kind, AlertState)] = []
    let present = observed.alerts.filter { ($0.state == .firing || $0.state == .suppressed) && $0.severity > .ok }
    for alert in present {
      let before = known[alert.id]
      let isFiring = alert.state == .firing
      known[alert.id] = Known(alert: alert, isTold: isFiring || before?.isTold == true)
      switch (before?.isTold, before?.alert.state, isFiring) {
      case (nil, _, true), (false, _, true): out.append((.fired, alert))
      case (true, .suppressed, true): out.append((.loud, alert))
      case (true, .firing, false): out.append((.muted, alert))
      default: break
      }
    }
    let now = Set(present.map(\.id))
    for (id, one) in known where id.source == observed.source && !now.contains(id) {
      known[id] = nil
      if one.isTold { out.append((.resolved, one.alert)) }
    }
    return out
  }
}
