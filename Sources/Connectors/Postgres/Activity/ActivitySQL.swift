/// Sessions and counters: what every poll asks. Ages are reckoned on the server; our own session is left out.
enum ActivitySQL {
  /// Backends that serve nobody and never wait for a user.
  private static let background =
    "'background writer', 'checkpointer', 'walwriter', 'archiver', 'startup', 'logger', 'stats collector', 'autovacuum launcher', "
    + "'logical replication launcher', 'walreceiver', 'slotsync worker', 'walsummarizer', 'io worker'"

  /// - Parameter version: `server_version_num`; `leader_pid` exists from 13 on, `query_id` from 14 on.
  static func sessions(version: Int) -> String {
    let leader = version >= 130_000 ? "leader_pid" : "null::int"
    let query = version >= 140_000 ? "query_id" : "null::bigint"
    return """
      select pid, backend_start, datname, usename, application_name,
        coalesce(client_hostname, host(client_addr)), backend_type, \(leader), state, wait_event_type, wait_event,
        extract(epoch from clock_timestamp() - xact_start), extract(epoch from clock_timestamp() - query_start),
        extract(epoch from clock_timestamp() - state_change), left(query, 2000), query = '<insufficient privilege>',
        query_start, \(query), backend_xid is not null, age(backend_xmin)
      from pg_catalog.pg_stat_activity
      where pid <> pg_backend_pid() and (backend_type is null or backend_type not in (\(background)))
      limit 10000
      """
  }

  /// Role and start of the server, and counters that only grow, over all databases.
  static func counters(version: Int) -> String {
    let wal =
      "case when pg_is_in_recovery() then pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0') else pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') end"
    let sessions =
      version >= 140_000
      ? "sum(active_time), sum(idle_in_transaction_time), sum(sessions_abandoned + sessions_fatal + sessions_killed)"
      : "null::float8, null::float8, null::bigint"
    return """
      select pg_is_in_recovery(), extract(epoch from clock_timestamp() - pg_postmaster_start_time()),
        extract(epoch from pg_postmaster_start_time()), \(wal), sum(blks_hit), sum(blks_read), sum(temp_bytes), sum(xact_commit),
        sum(xact_rollback), sum(deadlocks), sum(conflicts), \(sessions), extract(epoch from max(stats_reset)),
        extract(epoch from clock_timestamp())
      from pg_catalog.pg_stat_database
      """
  }
}
