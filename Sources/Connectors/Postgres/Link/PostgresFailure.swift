import OpsModel

/// Turns what libpq and the server say into our failures.
enum PostgresFailure {
  /// - Parameter state: SQLSTATE.
  static func of(state: String, message: String) -> Failure {
    let safe = SafeText(escaping: Hiding.process.text(message), limit: 300)
    switch state {
    case "57014": return .timedOut(what: "the statement (\(safe))", waited: 2)
    case "55P03": return .notReady("a lock was not to be had in 0.2 s: \(safe)")
    case "42501": return .permission(what: safe, grant: "GRANT pg_monitor TO this role")
    case "28P01", "28000": return .authentication(safe)
    case "53300": return .notReady("no connection slot is free: \(safe)")
    case "57P01", "57P02", "57P03": return .notReady(safe)
    default: return .refused(code: SafeText(escaping: state, limit: 5), message: safe)
    }
  }

  /// What a failed connection means. libpq has no code for it, only its text, in the language of the server.
  /// - Parameter isParsed: false where libpq did not understand the connection string; its message is then not repeated.
  static func connecting(_ message: String, _ address: SafeText, _ isParsed: Bool) -> Failure {
    guard isParsed else { return .settings("url is no connection string that libpq understands") }
    // Such a message repeats a piece of the string, and which piece that is nobody knows.
    if message.contains("connection option") || message.contains("invalid port number") {
      return .settings("url has a value that libpq does not take (port, or another option); percent-encode special characters")
    }
    let text = Hiding.process.text(lastReason(message))
    let safe = SafeText(escaping: text, limit: 300)
    let lower = text.lowercased()
    func says(_ words: String...) -> Bool { words.contains { lower.contains($0) } }
    if says("translate host name") { return .unknownHost(SafeText(escaping: host(in: text), limit: 100)) }
    if says("unsupported startup parameter") {
      return .settings("a pooler answers here and refuses session settings (\(safe)): connect to PostgreSQL directly")
    }
    if says("password authentication failed", "no password supplied", "pg_hba.conf", "authentication failed", "role \"") {
      return .authentication(safe)
    }
    if says("too many clients", "connection slots", "starting up", "shutting down", "in recovery mode", "too many connections") {
      return .notReady(safe)
    }
    if says("timeout expired", "timed out") {
      return .timedOut(what: "connecting to \(address)", waited: PostgresConnection.connectDeadline)
    }
    if says("ssl", "certificate") { return .tls(safe) }
    if says("definition of service", "service file", "does not exist") && !says("no such file") { return .settings(safe) }
    if says("expected authentication request", "unsupported frontend protocol", "invalid response") { return .garbage(safe) }
    if says("closed the connection") { return .closed(address: address) }
    return .unreachable(address: address, reason: safe)
  }

  /// `connection to server at …, port … failed: REASON`: the reason, on one line.
  private static func lastReason(_ message: String) -> String {
    let line = message.split(separator: "\n").first.map(String.init) ?? "no reason given"
    guard let mark = line.range(of: " failed: ") else { return line }
    let reason = String(line[mark.upper...])
    return reason.hasPrefix("FATAL:") ? String(reason.dropFirst(6).drop { $0 == " " }) : reason
  }

  private static func host(in message: String) -> String {
    let parts = message.split(separator: "\"")
    return parts.count > 1 ? String(parts[1]) : message
  }
}
