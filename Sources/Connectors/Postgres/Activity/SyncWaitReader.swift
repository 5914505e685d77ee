import OpsModel

/// Asks for whom commits wait, as far as any waits at all.
enum SyncWaitReader {
  private static let sql = """
    select current_setting('synchronous_standby_names'),
      (select count(*) from pg_catalog.pg_stat_replication where sync_state in ('sync', 'quorum'))
    """

  /// - Returns: nil where no commit waits, so that nothing was asked.
  static func read(_ connection: PostgresConnection, _ sessions: [SessionState], seesAll: Bool) throws(Failure) -> SyncWait? {
    let waiting = sessions.count { $0.point?.waitsForStandby == true }
    guard waiting > 0 else { return nil }
    let row = try connection.rows(sql).first
    return SyncWait(commits: waiting, standbys: row?.text(0, 100) ?? "", connected: seesAll ? row?.int(1) : nil)
  }

  /// `ghost`; empty where none is named.
  static func standbys(_ connection: PostgresConnection) throws(Failure) -> SafeText {
    try connection.rows("select current_setting('synchronous_standby_names')").first?.text(0, 100) ?? ""
  }
}
