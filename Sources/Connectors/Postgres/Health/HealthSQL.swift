/// Replication, vacuum, checkpoints: read every ten seconds. None of these takes a lock on a relation of a user.
enum HealthSQL {
  private static let lsn = "case when pg_is_in_recovery() then pg_last_wal_receive_lsn() else pg_current_wal_lsn() end"

  static let replicas = """
    select r.application_name, coalesce(r.client_hostname, host(r.client_addr)), r.state, r.sync_state, pg_wal_lsn_diff(p.lsn, r.sent_lsn),
      pg_wal_lsn_diff(r.sent_lsn, r.flush_lsn), pg_wal_lsn_diff(r.flush_lsn, r.replay_lsn), extract(epoch from r.replay_lag),
      extract(epoch from clock_timestamp() - r.reply_time)
    from pg_catalog.pg_stat_replication r cross join (select \(lsn) as lsn) p limit 100
    """

  static func slots(_ version: Int) -> String {
    let status = version >= 130_000 ? "s.wal_status, s.safe_wal_size" : "null::text, null::bigint"
    return """
      select s.slot_name, s.slot_type, s.active, \(status), pg_wal_lsn_diff(p.lsn, s.restart_lsn),
        greatest(age(s.xmin), age(s.catalog_xmin))
      from pg_catalog.pg_replication_slots s cross join (select \(lsn) as lsn) p limit 100
      """
  }

  /// Only on a standby; on a primary these functions fail.
  static func standby(_ version: Int) -> String {
    let pause =
      version >= 140_000
      ? "pg_get_wal_replay_pause_state()" : "case when pg_is_wal_replay_paused() then 'paused' else 'not paused' end"
    return """
      select pg_wal_lsn_diff(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()),
        case when pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() then 0
          else extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp()) end, \(pause),
        (select coalesce(status, 'running, hidden from this role') from pg_catalog.pg_stat_wal_receiver),
        (select extract(epoch from clock_timestamp() - last_msg_receipt_time) from pg_catalog.pg_stat_wal_receiver)
      """
  }

  /// Who keeps vacuum from removing dead rows, the oldest first.
  static let horizon = """
    select * from (
      select 'session' as kind, pid::text as id, age(backend_xmin) as xids, state as note,
        extract(epoch from clock_timestamp() - xact_start) as seconds
        from pg_catalog.pg_stat_activity where backend_xmin is not null and pid <> pg_backend_pid() and backend_type <> 'walsender'
      union all select 'standby', application_name, age(backend_xmin), state, null
        from pg_catalog.pg_stat_replication where backend_xmin is not null
      union all select 'slot', slot_name, greatest(age(xmin), age(catalog_xmin)), case when active then 'active' else 'INACTIVE' end, null
        from pg_catalog.pg_replication_slots where xmin is not null or catalog_xmin is not null
      union all select 'prepared', gid, age(transaction), owner::text, extract(epoch from clock_timestamp() - prepared)
        from pg_catalog.pg_prepared_xacts) h
    order by xids desc nulls last limit 10
    """

  static let wraparound = """
    select datname, age(datfrozenxid), mxid_age(datminmxid) from pg_catalog.pg_database where datallowconn order by 2 desc limit 10
    """

  /// Temporary files that stand now. Files of parallel hashes and index builds lie in folders that this does not see.
  static let temporary = """
    select substring(t.name from 'pgsql_tmp(\\d+)')::int, sum(t.size) from pg_catalog.pg_tablespace ts
      cross join lateral pg_ls_tmpdir(ts.oid) t where ts.spcname <> 'pg_global' group by 1 order by 2 desc limit 20
    """

  /// Timed, requested, milliseconds of writing and syncing, blocks that sessions wrote (16 and earlier), archive failures, failing now.
  static func checkpoints(_ version: Int) -> String {
    let source =
      version >= 170_000
      ? "select num_timed, num_requested, write_time + sync_time, null::bigint from pg_catalog.pg_stat_checkpointer"
      : "select checkpoints_timed, checkpoints_req, checkpoint_write_time + checkpoint_sync_time, buffers_backend from pg_catalog.pg_stat_bgwriter"
    let wal =
      version >= 140_000
      ? "(select wal_fpi::float8 from pg_catalog.pg_stat_wal), (select wal_records::float8 from pg_catalog.pg_stat_wal)" : "null, null"
    return """
      select c.*, a.failed_count, coalesce(a.last_failed_time > a.last_archived_time, a.last_failed_time is not null), \(wal)
      from (\(source)) c cross join pg_catalog.pg_stat_archiver a
      """
  }

  /// Everything that tells how far it is, in one form: pid, work, database, object, phase, done, total, wait, seconds, note.
  static func progress(_ version: Int) -> String {
    let dead =
      version >= 170_000
      ? "case when p.index_vacuum_count > 1 then p.index_vacuum_count || ' index passes' end"
      : "case when p.index_vacuum_count > 1 then p.index_vacuum_count || ' index passes: maintenance_work_mem is too small' end"
    var parts = [
      part(
        "vacuum", "pg_stat_progress_vacuum", object: "p.relid", phase: "p.phase", "p.heap_blks_scanned", "p.heap_blks_total",
        note:
          "concat_ws(', ', \(dead), case when a.query like '%to prevent wraparound%' then 'to prevent wraparound' end)"),
      part(
        "index build", "pg_stat_progress_create_index", object: "p.relid", phase: "p.phase",
        "greatest(p.blocks_done, p.tuples_done)", "case when p.blocks_total > 0 then p.blocks_total else p.tuples_total end",
        note: "case when p.lockers_total > 0 then 'waits for ' || (p.lockers_total - p.lockers_done) || ' lockers' end"),
      part(
        "cluster", "pg_stat_progress_cluster", object: "p.relid", phase: "p.phase", "p.heap_blks_scanned", "p.heap_blks_total", note: "null"
      ),
    ]
    if version >= 130_000 {
      parts.append(
        part(
          "analyze", "pg_stat_progress_analyze", object: "p.relid", phase: "p.phase", "p.sample_blks_scanned", "p.sample_blks_total",
          note: "null"))
      parts.append(
        part(
          "base backup", "pg_stat_progress_basebackup", database: "null::text", object: "null::oid", phase: "p.phase", "p.backup_streamed",
          "p.backup_total", note: "null"))
    }
    if version >= 140_000 {
      parts.append(
        part(
          "copy", "pg_stat_progress_copy", object: "p.relid", phase: "p.command", "p.bytes_processed", "nullif(p.bytes_total, 0)",
          note: "p.tuples_processed || ' rows'"))
    }
    return parts.joined(separator: " union all ") + " limit 50"
  }

  private static func part(
    _ work: String, _ view: String, database: String = "p.datname::text", object: String, phase: String, _ done: String, _ total: String,
    note: String
  ) -> String {
    let name = "case when \(object) <> 0 and \(database) = current_database() then \(object)::regclass::text else \(object)::text end"
    return """
      select p.pid, '\(work)', \(database), \(name), \(phase), (\(done))::float8, (\(total))::float8,
        concat_ws(':', a.wait_event_type, a.wait_event), extract(epoch from clock_timestamp() - coalesce(a.xact_start, a.backend_start)), \(note)
      from pg_catalog.\(view) p left join pg_catalog.pg_stat_activity a using (pid)
      """
  }
}
