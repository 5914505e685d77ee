import Gate
import Glibc
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

  /// The name of the session tells others who holds it: `user@host_run_01M8…`. A server keeps 63 bytes of it, so that a long name of a host
  /// loses its end, and the run stays whole.
  private static func name(_ holder: String) -> String {
    let name = holder.map { $0.isASCII && ($0.isLetter || $0.isNumber || "@.:-_".contains($0)) ? $0 : "_" }
    return name.count <= 63 ? String(name) : String(name.prefix(32) + name.suffix(31))
  }

  /// Sessions that hold it, as `pg_locks` and `pg_stat_activity` tell.
  private static let holders = """
    FROM pg_locks l JOIN pg_stat_activity a USING (pid)
    WHERE l.locktype = 'advisory' AND l.granted AND (l.classid::int8 << 32 | l.objid::int8) = \(key)
    """

  private static let key = "hashtextextended('opsc:' || $1, 0)"

  func take() async throws(Failure) -> SafeText? {
    let (scope, name) = (Array(scope.utf8), Array(Self.name(holder).utf8))
    return try await link.run { (connection) throws(Failure) -> SafeText? in
      try connection.open()
      let backend = try connection.rows("SELECT pg_backend_pid()").first?.int(0)
      _ = try connection.table("SELECT set_config('application_name', $1, false)", [name])
      if try Self.lock(connection, scope, name) {
        guard try connection.rows("SELECT pg_backend_pid()").first?.int(0) == backend else {
          throw .settings("a pooler shares the sessions of this server: a lock needs a connection to PostgreSQL itself")
        }
        return nil
      }
      let sql = "SELECT a.application_name, to_char(a.backend_start AT TIME ZONE 'UTC', 'HH24:MI:SS') \(Self.holders)"
      let row = try connection.table(sql, [scope]).rows.first
      return "\(row?.text(0) ?? "somebody") since \(row?.text(1) ?? "?")Z; it ends with that session"
    }
  }

  /// A session that a dead runner of the same run has left is ended: it does nothing but hold the lock, and nobody else has this run.
  private static func lock(_ connection: PostgresConnection, _ scope: [UInt8], _ name: [UInt8]) throws(Failure) -> Bool {
    let sql = "SELECT pg_try_advisory_lock(\(key))"
    if try connection.table(sql, [scope]).rows.first?.isTrue(0) == true { return true }
    let end = "SELECT pg_terminate_backend(a.pid) \(holders) AND a.application_name = $2 AND a.usename = current_user"
    guard try !connection.table(end, [scope, name]).rows.isEmpty else { return false }
    for _ in 0..<20 {
      usleep(50_000)
      if try connection.table(sql, [scope]).rows.first?.isTrue(0) == true { return true }
    }
    return false
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
