import OpsModel

/// Questions about tables and indexes, asked when their pane is opened. Sizes are pages of the catalogue: exact ones would take locks.
enum TablesSQL {
  /// One question: what it finds, and its statement. Rows: table, object, pages or NULL, and four columns of evidence.
  struct Question: Sendable {
    let kind: TableFinding.Kind
    let sql: String
    /// On a standby these statistics are its own and mostly zero.
    let isForPrimary: Bool
    let evidence: @Sendable (PostgresRow) -> SafeText
  }

  static let limit = 50
  private static let user = "n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') and n.nspname not like 'pg_temp%'"

  static func all(_ version: Int) -> [Question] {
    [invalid, missing, duplicate, unused(version), bloat, overdue(version), freeze, sequences, scanned]
  }

  private static let invalid = Question(
    kind: .invalid,
    sql: """
      select format('%I.%I', n.nspname, t.relname), i.relname, i.relpages, x.indisvalid, x.indisready, p.pid
      from pg_catalog.pg_index x join pg_catalog.pg_class i on i.oid = x.indexrelid join pg_catalog.pg_class t on t.oid = x.indrelid
      join pg_catalog.pg_namespace n on n.oid = t.relnamespace
      left join pg_catalog.pg_stat_progress_create_index p on p.index_relid = i.oid
      where not (x.indisvalid and x.indisready) and \(user) order by 1, 2 limit \(limit)
      """, isForPrimary: false,
    evidence: { row in
      if let pid = row.int(5) { return "being built now by pid \(pid)" }
      return "a build failed: it is kept up with every write and never used; drop it, or REINDEX CONCURRENTLY"
    })

  private static let missing = Question(
    kind: .missingForForeignKey,
    sql: """
      select format('%I.%I', n.nspname, t.relname), k.conname, t.relpages, pg_get_constraintdef(k.oid), r.relname
      from pg_catalog.pg_constraint k join pg_catalog.pg_class t on t.oid = k.conrelid join pg_catalog.pg_namespace n on n.oid = t.relnamespace
      join pg_catalog.pg_class r on r.oid = k.confrelid
      where k.contype = 'f' and k.conparentid = 0 and \(user) and not exists (select from pg_catalog.pg_index i where i.indrelid = k.conrelid and i.indpred is null
        and i.indisvalid and (i.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey and (i.indkey::int2[])[0:cardinality(k.conkey) - 1] <@ k.conkey)
      order by t.relpages desc limit \(limit)
      """, isForPrimary: false,
    evidence: { row in
      "\(row.text(3, 100) ?? "?"): deleting in \(row.text(4, 64) ?? "?") reads this table whole for every row"
    })

  private static let duplicate = Question(
    kind: .duplicate,
    sql: """
      select format('%I.%I', n.nspname, t.relname), ia.relname, ia.relpages, ib.relname, a.indkey::text = b.indkey::text
      from pg_catalog.pg_index a join pg_catalog.pg_index b on a.indrelid = b.indrelid and a.indexrelid <> b.indexrelid
      join pg_catalog.pg_class ia on ia.oid = a.indexrelid join pg_catalog.pg_class ib on ib.oid = b.indexrelid
      join pg_catalog.pg_class t on t.oid = a.indrelid join pg_catalog.pg_namespace n on n.oid = t.relnamespace
      where ia.relam = ib.relam and a.indpred is null and b.indpred is null and a.indexprs is null and b.indexprs is null
        and not a.indisunique and a.indisvalid and b.indisvalid and \(user)
        and position(a.indkey::text || ' ' in b.indkey::text || ' ') = 1 and position(a.indclass::text || ' ' in b.indclass::text || ' ') = 1
        and position(a.indoption::text || ' ' in b.indoption::text || ' ') = 1
        and (a.indkey::text <> b.indkey::text or a.indexrelid > b.indexrelid or b.indisunique)
      order by ia.relpages desc limit \(limit)
      """, isForPrimary: false,
    evidence: { row in
      row.isTrue(4)
        ? "the same columns in the same order as \(row.text(3, 64) ?? "?")" : "its columns are the first ones of \(row.text(3, 64) ?? "?")"
    })

  private static func unused(_ version: Int) -> Question {
    let last = version >= 160_000 ? "extract(epoch from clock_timestamp() - s.last_idx_scan)" : "null::float8"
    return Question(
      kind: .unused,
      sql: """
        select format('%I.%I', s.schemaname, s.relname), s.indexrelname, i.relpages, s.idx_scan, \(last),
          (select extract(epoch from clock_timestamp() - stats_reset) from pg_catalog.pg_stat_database where datname = current_database())
        from pg_catalog.pg_stat_user_indexes s join pg_catalog.pg_index x on x.indexrelid = s.indexrelid
        join pg_catalog.pg_class i on i.oid = s.indexrelid
        where s.idx_scan = 0 and not x.indisunique and x.indisvalid and i.relpages > 16
          and not exists (select from pg_catalog.pg_constraint c where c.conindid = s.indexrelid)
        order by i.relpages desc limit \(limit)
        """, isForPrimary: true,
      evidence: { row in
        let since: SafeText =
          row.age(5).map { "for \(Units.age($0)), when counting began" } ?? "since counting began (a crash begins it anew)"
        return "never used here \(since); standbys count for themselves"
      })
  }

  private static let freeze = Question(
    kind: .freeze,
    sql: """
      select format('%I.%I', n.nspname, c.relname), c.relkind::text, c.relpages, age(c.relfrozenxid),
        current_setting('autovacuum_freeze_max_age')::bigint
      from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'm', 't') and age(c.relfrozenxid) > current_setting('autovacuum_freeze_max_age')::bigint * 0.9
      order by 4 desc limit 20
      """, isForPrimary: true,
    evidence: { row in
      "\(Units.count(row.int(3) ?? 0)) transactions old; vacuum is forced at \(Units.count(row.int(4) ?? 0))"
    })

  private static let sequences = Question(
    kind: .sequence,
    sql: """
      select format('%I.%I', s.schemaname, s.sequencename), coalesce(d.owner, ''), null, s.last_value,
        least(s.max_value, coalesce(d.most, s.max_value)), s.last_value::float8 / least(s.max_value, coalesce(d.most, s.max_value))
      from pg_catalog.pg_sequences s left join lateral (
        select format('%I.%I', t.relname, a.attname) as owner, case a.atttypid when 'int4'::regtype then 2147483647::bigint when 'int2'::regtype then 32767 end as most
        from pg_catalog.pg_class q join pg_catalog.pg_namespace n on n.oid = q.relnamespace
        join pg_catalog.pg_depend p on p.objid = q.oid and p.classid = 'pg_class'::regclass and p.refclassid = 'pg_class'::regclass and p.deptype in ('a', 'i')
        join pg_catalog.pg_class t on t.oid = p.refobjid join pg_catalog.pg_attribute a on a.attrelid = t.oid and a.attnum = p.refobjsubid
        where n.nspname = s.schemaname and q.relname = s.sequencename limit 1) d on true
      where s.increment_by > 0 and s.last_value::float8 / least(s.max_value, coalesce(d.most, s.max_value)) > 0.7
      order by 6 desc limit \(limit)
      """, isForPrimary: false,
    evidence: { row in
      "\(Units.percent(row.number(5) ?? 0)) used: \(Units.count(row.int(3) ?? 0)) of \(Units.count(row.int(4) ?? 0))"
    })

  private static let scanned = Question(
    kind: .scanned,
    sql: """
      select format('%I.%I', s.schemaname, s.relname), '', c.relpages, s.seq_scan, s.seq_tup_read / greatest(s.seq_scan, 1), s.idx_scan
      from pg_catalog.pg_stat_user_tables s join pg_catalog.pg_class c on c.oid = s.relid
      where c.relpages > 1000 and s.seq_scan > 10 and s.seq_tup_read / greatest(s.seq_scan, 1) > 10000
      order by s.seq_tup_read desc limit \(limit)
      """, isForPrimary: true,
    evidence: { row in
      "\(Units.count(row.int(3) ?? 0)) scans of \(Units.count(row.int(4) ?? 0)) rows each, \(Units.count(row.int(5) ?? 0)) by index; the plans of its statements tell whether one is missing"
    })
}
