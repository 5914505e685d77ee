/// Statements that signal a session. Every one names it by pid and by when it began, and the statement by when that began: what is not
/// there any more in just this form is not signalled.
enum SignalSQL {
  /// Milliseconds that the server itself waits for the end of a session; less than the statement may take.
  static let wait = 1500

  /// Where the session is at the moment of the signal.
  private static let standing = "a.state, a.wait_event_type, a.wait_event, left(a.query, 2000)"

  static let cancel = """
    select a.pid, pg_cancel_backend(a.pid), \(standing) from pg_catalog.pg_stat_activity a
    where a.pid = $1::int and a.backend_start = $2::timestamptz and a.query_start = $3::timestamptz and a.state = 'active'
    """

  /// - Parameter version: from 14 on the server can wait for the end.
  static func terminate(_ version: Int) -> String {
    let call = version >= 140_000 ? "pg_terminate_backend(a.pid, \(wait))" : "pg_terminate_backend(a.pid)"
    return """
      select a.pid, \(call), \(standing) from pg_catalog.pg_stat_activity a where a.pid = $1::int and a.backend_start = $2::timestamptz
      """
  }

  /// A session as it is now, and whether we may signal it. Hidden ones show no state.
  static let look = """
    select a.state, a.query_start, a.application_name, a.usename, a.datname, extract(epoch from clock_timestamp() - a.xact_start),
      extract(epoch from clock_timestamp() - a.query_start), left(a.query, 2000), a.backend_type, a.backend_xid is not null,
      coalesce(r.rolsuper, false), coalesce(pg_has_role(a.usesysid, 'member'), false), a.wait_event_type, a.wait_event
    from pg_catalog.pg_stat_activity a left join pg_catalog.pg_roles r on r.oid = a.usesysid
    where a.pid = $1::int and a.backend_start = $2::timestamptz
    """
}
