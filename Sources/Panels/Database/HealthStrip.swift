import OpsModel

/// A server beside its sessions, in one line: what it reads and writes, what holds vacuum back, how far replication and wraparound are.
enum HealthStrip {
  static func words(_ health: DatabaseHealth) -> SafeText? {
    let pressure = health.pressure
    var parts: [SafeText] = []
    if let share = pressure.hitShare { parts.append("hit \(Units.percent(share))") }
    if let rate = pressure.commits { parts.append("\(Units.rate(rate)) commits") }
    if let rate = pressure.walBytes { parts.append("WAL \(Units.bytes(rate))/s") }
    if let rate = pressure.temporaryBytes, rate > 0 { parts.append("temp \(Units.bytes(rate))/s") }
    if let asked = pressure.requestedCheckpoints, let timed = pressure.timedCheckpoints, asked + timed > 0 {
      parts.append("checkpoints \(Int(clamped: timed)) timed \(Int(clamped: asked)) requested")
    }
    if let standby = health.standby {
      parts.append("replay \(standby.behind.map { "\(Units.bytes($0)) behind" as SafeText } ?? "unknown")")
    }
    if !health.replicas.isEmpty { parts.append("\(Units.count(health.replicas.count, "standby connection"))") }
    if !health.progress.isEmpty { parts.append("\(health.progress.count) in progress") }
    if let age = health.horizon.first?.age { parts.append("xmin \(Units.short(Double(age))) back") }
    if let worst = health.wraparound.map(\.share).max() { parts.append("wraparound \(Units.percent(worst))") }
    return parts.isEmpty ? nil : SafeText.join(parts, " · ")
  }
}
