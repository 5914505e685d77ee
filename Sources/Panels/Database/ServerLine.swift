import Console
import OpsModel

/// One line about a database server: version, role, uptime, connections, what its sessions do.
enum ServerLine {
  static func of(_ source: SourceView, _ now: Moment) -> SafeText? {
    guard let observed = source.reading.value, let server = observed.server else { return nil }
    // What is wrong stands before what is only good to know: a narrow screen cuts the end.
    var parts: [SafeText] = [server.product]
    if let role = server.role { parts.append(word(role)) }
    let waiting = observed.sessions.filter { !$0.blockedBy.isEmpty }.count
    if waiting > 0 { parts.append("\(waiting) blocked") }
    let idle = observed.sessions.filter(\.isIdleInTransaction).count
    if idle > 0 { parts.append("\(idle) idle in transaction") }
    parts.append(observed.activeWords)
    if let used = server.connections, let limit = server.connectionLimit { parts.append("\(used)/\(limit) connections") }
    if let uptime = server.uptime { parts.append("up \(Units.age(uptime))") }
    return "\(source.name): \(SafeText.join(parts, " · "))"
  }

  static func word(_ role: ServerState.Role) -> SafeText {
    switch role {
    case .primary: "primary"
    case .standby: "standby"
    case .replica: "replica"
    }
  }
}
