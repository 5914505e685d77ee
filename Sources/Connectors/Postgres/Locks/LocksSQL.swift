/// Who waits for whom. Visible to every role; takes no lock on any relation.
enum LocksSQL {
  /// Sessions whose blockers are asked for at most: each one asked takes all partitions of the lock table for a moment.
  static let waiterLimit = 300

  /// Waiters and holders of every lock that somebody waits for, and the rows that waiters have the next place for, in one consistent read.
  /// - Parameter version: `waitstart` exists from 14 on.
  static func contested(version: Int) -> String {
    let waited = version >= 140_000 ? "extract(epoch from clock_timestamp() - h.waitstart)" : "null::float8"
    return """
      with l as materialized (select * from pg_catalog.pg_locks where mode <> 'SIReadLock')
      select h.pid, h.locktype, h.mode, h.granted, h.virtualtransaction, h.database, h.relation, h.page, h.tuple, h.virtualxid,
        h.transactionid, h.classid, h.objid, h.objsubid, \(waited),
        case when h.database = (select oid from pg_catalog.pg_database where datname = current_database()) then h.relation::regclass::text end
      from l h where (\(tag("h"))) in (select \(tag("w")) from l w where not w.granted)
        or (h.locktype = 'tuple' and h.granted and h.pid in (select w.pid from l w where not w.granted and w.locktype = 'transactionid'))
      limit 5000
      """
  }

  /// All columns that name what is locked, without NULLs: so the server can look them up by hash, where comparing each with each would
  /// take milliseconds for a hundred waiters.
  private static func tag(_ table: String) -> String {
    """
    \(table).locktype, coalesce(\(table).database, 0), coalesce(\(table).relation, 0), coalesce(\(table).page, -1), coalesce(\(table).tuple, -1),
      coalesce(\(table).virtualxid, ''), coalesce(\(table).transactionid::text, ''), coalesce(\(table).classid, 0),
      coalesce(\(table).objid, 0), coalesce(\(table).objsubid, -1)
    """
  }

  /// Whom some sessions wait for.
  static func edges(_ pids: [Int]) -> String {
    let list = pids.prefix(waiterLimit).map(String.init).joined(separator: ",")
    return "select w.pid, array_to_string(pg_blocking_pids(w.pid), ',') from unnest(array[\(list)]::int[]) w(pid)"
  }

  /// Prepared transactions by the name under which the lock table lists them: asked only where a blocker has no session.
  static let prepared = """
    select l.virtualtransaction, p.gid, p.owner, p.database, extract(epoch from clock_timestamp() - p.prepared)
    from pg_catalog.pg_prepared_xacts p join pg_catalog.pg_locks l
      on l.locktype = 'transactionid' and l.transactionid = p.transaction and l.granted and l.pid is null limit 200
    """
}
