/// Where a session is in its work. What a signal does to it, and what stays of its work, depends on that.
public enum SessionPoint: String, Hashable, Sendable, Codable {
  /// Nothing is open.
  case idle
  /// In a transaction, or in a statement that is one: a signal rolls it back.
  case open
  /// Its transaction is committed on this server; it waits for a synchronous standby to confirm (wait event `SyncRep`).
  case committedHere
  /// The same after PREPARE TRANSACTION.
  case preparedHere
  /// A part of its statement is committed on this server and waits for a synchronous standby; what follows of it is not done yet.
  case committedPart
  /// COMMIT is in progress: it may take effect or not.
  case committing
  /// ROLLBACK is in progress.
  case rollingBack
  /// PREPARE TRANSACTION is in progress.
  case preparing
  /// COMMIT PREPARED or ROLLBACK PREPARED is in progress.
  case finishingPrepared
  /// VACUUM, CLUSTER, REINDEX of many tables: one transaction for each.
  case maintaining
  /// CREATE, DROP or REINDEX … CONCURRENTLY: several transactions, and an invalid index in between.
  case indexingConcurrently
  /// ALTER TABLE … DETACH PARTITION … CONCURRENTLY.
  case detaching
  /// CALL, DO, or several statements in one text: some of it may be committed.
  case committingParts
  /// It waits for another server, where something may already have been done for it.
  case remote

  /// Its transaction, or one of its transactions, is finished on this server; only a standby's word is missing.
  public var waitsForStandby: Bool { [.committedHere, .preparedHere, .committedPart].contains(self) }

  /// What must not change between a preview and its confirmation. Sessions at work go from one statement to the next all the time: that
  /// changes nothing.
  public var standing: SafeText { self == .idle ? "open" : SafeText(escaping: rawValue) }
}
