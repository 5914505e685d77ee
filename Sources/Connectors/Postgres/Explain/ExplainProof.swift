import OpsModel

/// Looks for what a statement might run besides reading: functions, operators, casts and domains that somebody made. What is the
/// server's own, or was made by a superuser, is trusted as far as it is declared; volatile functions are not, but for a few.
struct ExplainProof {
  let connection: PostgresConnection

  /// The server's own volatile functions that do no harm.
  private static let harmless = [
    "random", "clock_timestamp", "timeofday", "gen_random_uuid", "pg_sleep", "pg_backend_pid", "setseed", "random_normal", "uuidv4",
    "uuidv7",
    "pg_relation_size", "pg_table_size", "pg_total_relation_size", "pg_database_size", "pg_indexes_size", "pg_stat_get_activity",
    "pg_lock_status", "pg_prepared_xact",
  ]

  /// Before planning alone: only immutable and stable functions run then.
  func checkPlanning(_ texts: [String]) throws(Failure) {
    let (names, signs) = try parts(texts)
    try refuseStrangers(names, "p.provolatile <> 'v'", Refusal.planning)
    try refuseOperators(signs, Refusal.planning)
  }

  /// Before the statement itself is run.
  func checkRunning(_ texts: [String]) throws(Failure) {
    let (names, signs) = try parts(texts)
    try refuseStrangers(names, "true", Refusal.measuring)
    try refuseOperators(signs, Refusal.measuring)
    try refuseVolatile(names)
    try refuseCasts()
  }

  /// Names that are called and signs that may be operators. A text in which a string does not end hides what stands behind it.
  private func parts(_ texts: [String]) throws(Failure) -> (names: Set<String>, signs: Set<String>) {
    var names: Set<String> = []
    var signs: Set<String> = []
    for text in texts {
      guard !SQLScanner.tokens(text).isCut else {
        throw .declined(.statement("a string in it does not end, so what it calls cannot be checked", instead: "close the string"))
      }
      names.formUnion(ExplainGuard.calls(in: text))
      signs.formUnion(ExplainGuard.operators(in: text))
    }
    return (names, signs)
  }

  /// A list for the server: its own quoting keeps every name one element.
  private func asked(_ list: some Sequence<String>) -> String {
    "{" + list.sorted().map { "\"" + $0.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\"" }.joined(separator: ",") + "}"
  }

  /// Made neither by a superuser nor by an extension.
  private static func byOrdinary(_ owner: String, _ catalogue: String, _ id: String) -> String {
    """
    not coalesce((select r.rolsuper from pg_catalog.pg_roles r where r.oid = \(owner)), false) and not exists (
      select from pg_catalog.pg_depend e where e.classid = 'pg_catalog.\(catalogue)'::regclass and e.objid = \(id) and e.deptype = 'e')
    """
  }

  private func refuseStrangers(_ names: Set<String>, _ condition: String, _ decline: (SafeText) -> Refusal) throws(Failure) {
    let sql = """
      select distinct n.nspname || '.' || p.proname from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
      where p.proname = any($1::text[]) and n.nspname <> 'pg_catalog' and \(condition) and \(Self.byOrdinary("p.proowner", "pg_proc", "p.oid")) order by 1 limit 5
      """
    let found = try connection.rows(sql, [asked(names)])
    guard !found.isEmpty else { return }
    throw .declined(decline("it calls \(shown(found)), which an ordinary role created"))
  }

  private func refuseVolatile(_ names: Set<String>) throws(Failure) {
    let sql = """
      select distinct p.proname from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
      where p.provolatile = 'v' and p.proname = any($1::text[]) and not (n.nspname = 'pg_catalog' and p.proname = any($2::text[])) order by 1 limit 5
      """
    let found = try connection.rows(sql, [asked(names), asked(Self.harmless)])
    guard !found.isEmpty else { return }
    throw .declined(.measuring("it calls \(shown(found)), which may change something"))
  }

  private func refuseOperators(_ signs: Set<String>, _ decline: (SafeText) -> Refusal) throws(Failure) {
    guard !signs.isEmpty else { return }
    let sql = """
      select distinct n.nspname || '.' || o.oprname from pg_catalog.pg_operator o join pg_catalog.pg_namespace n on n.oid = o.oprnamespace
      where o.oprname = any($1::text[]) and n.nspname <> 'pg_catalog' and \(Self.byOrdinary("o.oprowner", "pg_operator", "o.oid")) order by 1 limit 5
      """
    let found = try connection.rows(sql, [asked(signs)])
    guard !found.isEmpty else { return }
    throw .declined(decline("it may use the operator \(shown(found)), which an ordinary role created"))
  }

  /// Casts and checks of domains call functions without naming them. They are rare, so that their being there is enough.
  private func refuseCasts() throws(Failure) {
    let sql = """
      select p.proname from pg_catalog.pg_cast c join pg_catalog.pg_proc p on p.oid = c.castfunc where \(Self.byOrdinary("p.proowner", "pg_proc", "p.oid"))
      union all
      select p.proname from pg_catalog.pg_depend d join pg_catalog.pg_constraint k on d.classid = 'pg_catalog.pg_constraint'::regclass and k.oid = d.objid
        join pg_catalog.pg_proc p on d.refclassid = 'pg_catalog.pg_proc'::regclass and p.oid = d.refobjid
      where k.contypid <> 0 and (\(Self.byOrdinary("p.proowner", "pg_proc", "p.oid")) or p.provolatile = 'v') limit 5
      """
    let found = try connection.rows(sql)
    guard !found.isEmpty else { return }
    throw .declined(.measuring("casts or domains of this database call \(shown(found)), which may change something"))
  }

  private func shown(_ rows: [PostgresRow]) -> SafeText { SafeText.join(rows.map { $0.text(0, 130) ?? "?" }, ", ") }
}
