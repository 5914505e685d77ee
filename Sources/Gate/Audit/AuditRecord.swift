import OpsModel

/// One line of the audit file: ASCII JSON, keys sorted, chained to the line before it.
struct AuditRecord {
  static let version = 1
  static let genesis = String(repeating: "0", count: 64)
  /// Longest line, in bytes.
  static let limit = 65_536

  let line: String
  let hash: String

  /// `hash = SHA-256(prev ‖ the line without its hash)`, in hexadecimal; `prev` is the hash of the record before.
  init(
    _ entry: AuditEntry, by actor: AuditActor, environment: SafeText, label: SafeText, sequence: Int, previous: String, at moment: Moment
  ) {
    let open = Self.canonical(entry, actor, environment, label, sequence, previous, moment)
    hash = Self.hash(of: open, after: previous)
    line = Self.closed(open, hash)
  }

  /// The line with `"hash"` in its place.
  static func closed(_ open: String, _ hash: String) -> String {
    guard let at = open.range(of: ",\"host\":") else { return open }
    return open[..<at.lower] + ",\"hash\":\"\(hash)\"" + open[at.lower...]
  }

  static func hash(of open: String, after previous: String) -> String {
    SHA256.hash(data: Array((previous + open).utf8)).map { Self.hex($0) }.joined()
  }

  static func hex(_ byte: UInt8) -> String {
    let text = String(byte, radix: 16)
    return text.count == 1 ? "0" + text : text
  }

  private static func canonical(
    _ entry: AuditEntry, _ actor: AuditActor, _ environment: SafeText, _ label: SafeText, _ sequence: Int, _ previous: String,
    _ moment: Moment
  ) -> String {
    let fields: [(StaticString, JSONText)] = [
      ("action", .text(entry.action)), ("after", entry.after), ("approvals", .array([])), ("before", entry.before),
      ("boot", .text(actor.boot)), ("console_version", .text(actor.version)), ("counts", entry.counts), ("env", .text(environment)),
      ("error", .optional(entry.error)), ("exit", .null), ("host", .text(actor.host)), ("label", .text(label)),
      ("login_uid", .optional(actor.loginUID)),
      ("mono_ms", .int(Int(moment.steady * 1000))), ("op_id", .text(entry.operation)), ("params", .map(entry.params)),
      ("phase", .text(SafeText(escaping: entry.phase.rawValue))), ("pid", .int(actor.pid)), ("plan_hash", .optional(entry.planHash)),
      ("prev", .text(SafeText(escaping: previous))), ("reason", .optional(entry.reason)), ("run", .optional(entry.run)),
      ("seq", .int(sequence)),
      ("ssh_client", .optional(actor.sshClient)), ("step", .optional(entry.step)), ("sudo_user", .optional(actor.sudoUser)),
      ("target", .text(entry.target)), ("ts", .text(Calendar.stampMillis(moment.unix))), ("tty", .optional(actor.tty)),
      ("uid", .int(actor.uid)), ("user", .text(actor.user)), ("v", .int(version)),
    ]
    return JSONText.object(fields).compact()
  }
}
