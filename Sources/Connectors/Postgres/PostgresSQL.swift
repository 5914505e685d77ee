/// The statements of a poll. Ages are reckoned on the server; our own session is left out.
enum PostgresSQL {
  /// One row about the server and about what this role may see.
  static let facts = """
    select current_setting('server_version_num')::int, current_setting('server_version'), pg_is_in_recovery(),
      extract(epoch from clock_timestamp() - pg_postmaster_start_time()), pg_has_role('pg_read_all_stats', 'usage'), current_user,
      current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
        - coalesce(current_setting('reserved_connections', true)::int, 0)
    """

  /// Backends that serve nobody and never wait for a user.
  private static let background =
    "'background writer', 'checkpointer', 'walwriter', 'archiver', 'startup', 'logger', 'stats collector', 'autovacuum launcher', "
    + "'logical replication launcher', 'walreceiver', 'slotsync worker', 'walsummarizer', 'io worker'"

  /// - Parameter version: `server_version_num`; `leader_pid` exists from 13 on.
  static func activity(version: Int) -> String {
    let leader = version >= 130_000 ? "leader_pid" : "null::int"
    return """
      select pid, backend_start, datname, usename, application_name,
        coalesce(client_hostname, host(client_addr)), backend_type, \(leader), state, wait_event_type, wait_event,
        extract(epoch from clock_timestamp() - xact_start), extract(epoch from clock_timestamp() - query_start),
        extract(epoch from clock_timestamp() - state_change), left(query, 2000), query = '<insufficient privilege>'
      from pg_stat_activity
      where pid <> pg_backend_pid() and (backend_type is null or backend_type not in (\(background)))
      limit 10000
      """
  }

  /// For each session that waits for a lock, whom it waits for. Visible to every role.
  static let blocking = """
    select w.pid, array_to_string(pg_blocking_pids(w.pid), ',')
    from (select distinct pid from pg_locks where not granted and pid is not null limit 1000) w
    """
}
