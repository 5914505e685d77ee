import OpsModel

extension PostgresConnector: TableExaminer {
  /// Asked on a connection of its own, so that a slow answer does not hold up the sessions.
  func examineTables() async throws(Failure) -> TableFindings {
    let link = PostgresLink(settings: settings, clock: clock, patience: 30)
    defer { link.close() }
    let (name, clock) = (name, clock)
    return try await link.run { (connection) throws(Failure) in
      try connection.open()
      let facts = try PostgresFacts.read(connection)
      var out = TableFindings(source: name, at: clock.now())
      let isStandby = try connection.rows("select pg_is_in_recovery()").first?.isTrue(0) ?? false
      if isStandby {
        out.notices.append(
          Notice(.ok, "a standby: how tables are used and vacuumed is counted on its primary; those questions are left out"))
      }
      for question in TablesSQL.all(facts.version) where !(isStandby && question.isForPrimary) {
        do throws(Failure) {
          for row in try connection.rows(question.sql) {
            out.list.append(
              TableFinding(
                source: name, kind: question.kind, table: row.text(0, 130) ?? "?", object: row.text(1, 64) ?? "",
                size: row.number(2).map { $0 * facts.blockSize }, evidence: question.evidence(row)))
          }
        } catch {
          guard connection.isOpen else { throw error }
          out.notices.append(Notice(.warning, "\(question.kind.title): \(error.what)"))
        }
      }
      if try Self.seesNoStatistics(connection) {
        out.notices.append(
          Notice(.warning, "bloat can not be estimated: this role sees no column statistics: GRANT pg_read_all_data TO \(facts.role)"))
      }
      return out
    }
  }

  /// Without SELECT on the tables the statistics view is empty, which must not read as "no bloat".
  private static func seesNoStatistics(_ connection: PostgresConnection) throws(Failure) -> Bool {
    let sql = """
      select exists (select from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
          where c.relkind = 'r' and c.relpages > 128 and n.nspname not in ('pg_catalog', 'information_schema')
            and not has_table_privilege(c.oid, 'select'))
      """
    return try connection.rows(sql).first?.isTrue(0) ?? false
  }
}
