import OpsModel

/// Questions about dead rows.
extension TablesSQL {
  /// An estimate from the planner's statistics; needs SELECT on the tables, or pg_read_all_data.
  static let bloat = Question(
    kind: .bloat,
    sql: """
      with t as (
        select c.oid, n.nspname, c.relname, c.relpages::float8 as pages, c.reltuples::float8 as rows, c.relnatts,
          coalesce((select option_value::float8 from pg_options_to_table(c.reloptions) where option_name = 'fillfactor'), 100) / 100 as fill
        from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'm') and c.relpages > 128 and c.reltuples > 0 and n.nspname not in ('pg_catalog', 'information_schema')),
      w as (
        select t.oid, sum((1 - s.null_frac) * s.avg_width) as width, max(s.null_frac) as nulls, count(*) as columns
        from t join pg_catalog.pg_stats s on s.schemaname = t.nspname and s.tablename = t.relname and not s.inherited group by t.oid),
      e as (
        select t.*, ceil(t.rows * (8 * ceil((23 + case when w.nulls > 0 then ceil(w.columns / 8.0) else 0 end) / 8.0)
            + 8 * ceil(w.width / 8.0) + 4) / ((current_setting('block_size')::float8 - 24) * t.fill)) as need
        from t join w using (oid))
      select format('%I.%I', nspname, relname), '', pages, need, (pages - need) / pages, (pages - need) * current_setting('block_size')::float8
      from e where pages - need > 128 and (pages - need) / pages > 0.2 order by pages - need desc limit \(limit)
      """, isForPrimary: false,
    evidence: { row in
      "\(Units.percent(row.number(4) ?? 0)) of it, \(Units.bytes(row.number(5) ?? 0)), holds nothing (an estimate; pgstattuple_approx tells)"
    })

  /// How far past its own trigger a table is.
  static func overdue(_ version: Int) -> Question {
    let rows = "greatest(c.reltuples, 0)"
    let limit =
      version >= 180_000
      ? "least(o.base + o.scale * \(rows), nullif(current_setting('autovacuum_vacuum_max_threshold')::float8, -1))"
      : "o.base + o.scale * \(rows)"
    return Question(
      kind: .overdueVacuum,
      sql: """
        select format('%I.%I', s.schemaname, s.relname), '', c.relpages, s.n_dead_tup, s.n_dead_tup / greatest(\(limit), 1),
          extract(epoch from clock_timestamp() - greatest(s.last_vacuum, s.last_autovacuum))
        from pg_catalog.pg_stat_user_tables s join pg_catalog.pg_class c on c.oid = s.relid
        cross join lateral (select
          coalesce((select option_value::float8 from pg_options_to_table(c.reloptions) where option_name = 'autovacuum_vacuum_threshold'),
            current_setting('autovacuum_vacuum_threshold')::float8) as base,
          coalesce((select option_value::float8 from pg_options_to_table(c.reloptions) where option_name = 'autovacuum_vacuum_scale_factor'),
            current_setting('autovacuum_vacuum_scale_factor')::float8) as scale) o
        where s.n_dead_tup > 1000 and s.n_dead_tup / greatest(\(limit), 1) > 1.5 order by 5 desc limit \(Self.limit)
        """, isForPrimary: true,
      evidence: { row in
        let last: SafeText = row.age(5).map { ", last vacuumed \(Units.age($0)) ago" } ?? ", never vacuumed since counting began"
        return "\(Units.count(row.int(3) ?? 0)) dead rows, \(Units.short(row.number(4) ?? 0))× its trigger\(last)"
      })
  }
}
