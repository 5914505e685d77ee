/// The answer to one statement: columns by name and type, rows, and how many rows it changed.
struct PostgresTable {
  var names: [String] = []
  /// Numbers of `pg_type`.
  var types: [UInt32] = []
  var rows: [PostgresRow] = []
  /// Nil for a statement that only returns rows.
  var affected: Int?
}
