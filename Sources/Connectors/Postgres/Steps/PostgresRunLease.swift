import Gate
import OpsModel

/// The lock of a run at PostgreSQL: an advisory lock of one session, which ends with it. Behind a pooler that shares sessions it can not be
/// told whose it is, and is refused.
final class PostgresRunLease: RunLease {
  private let link: PostgresLink
  private let scope: String
  private let holder: String

  init(_ settings: SourceSettings, _ scope: String, _ holder: String, _ clock: any OpsClock) {
    link = PostgresLink(
      settings: PostgresSettings(
        connection: settings.url, password: settings.texts["password"], presence: settings.presence, isActing: true),
      clock: clock)
    self.scope = scope
    self.holder = holder
  }

  /// The name of the session tells others who holds it; a server keeps 63 bytes of it.
  private static func name(_ holder: String) -> String {
    String(holder.map { $0.isASCII && ($0.isLetter || $0.isNumber || "@.:-_".contains($0)) ? $0 : "_" }.prefix(63))
  }

  private static let key = "hashtextextended('opsc:' || $1, 0)"

  func take() async throws(Failure) -> SafeText? {
    let (scope, name) = (Array(scope.utf8), Array(Self.name(holder).utf8))
    return try await link.run { (connection) throws(Failure) -> SafeText? in
      try connection.open()
      let backend = try connection.rows("SELECT pg_backend_pid()").first?.int(0)
      _ = try connection.table("SELECT set_config('application_name', $1, false)", [name])
      if try connection.table("SELECT pg_try_advisory_lock(\(Self.key))", [scope]).rows.first?.isTrue(0) == true {
        guard try connection.rows("SELECT pg_backend_pid()").first?.int(0) == backend else {
          throw .settings("a pooler shares the sessions of this server: a lock needs a connection to PostgreSQL itself")
        }
        return nil
      }
      let sql = """
        SELECT a.application_name, to_char(a.backend_start AT TIME ZONE 'UTC', 'HH24:MI:SS') FROM pg_locks l JOIN pg_stat_activity a USING (pid)
        WHERE l.locktype = 'advisory' AND l.granted AND (l.classid::int8 << 32 | l.objid::int8) = \(Self.key)
        """
      let row = try connection.table(sql, [scope]).rows.first
      return "\(row?.text(0) ?? "somebody") since \(row?.text(1) ?? "?")Z; it ends with that session"
    }
  }

  /// The session stands and is the one that took it.
  func keep() async throws(Failure) -> Bool {
    let scope = Array(scope.utf8)
    return try await link.run { (connection) throws(Failure) -> Bool in
      // The lock ends with its session, at once: whatever ended it, it is not ours any more.
      guard connection.isOpen else { return false }
      let sql = """
        SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND pid = pg_backend_pid()
        AND (classid::int8 << 32 | objid::int8) = \(Self.key)
        """
      do throws(Failure) { return try connection.table(sql, [scope]).rows.first?.int(0) == 1 } catch {
        guard connection.isOpen else { return false }
        throw error
      }
    }
  }

  func give() async { link.close() }
}
