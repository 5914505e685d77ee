import OpsModel

/// What a signal does to a session, by where the session is. The preview and the receipt say it from here, so that they cannot differ.
struct SignalEffect {
  let point: SessionPoint
  let isCancel: Bool
  /// `ghost`, as the server's settings name it; empty where it names none.
  let standby: SafeText

  private var name: SafeText { standby.isEmpty ? "a standby" : "standby \(standby)" }

  /// `is committed here and waits for standby ghost`; nil where the state says it all.
  var standing: SafeText? {
    switch point {
    case .idle, .open: nil
    case .committedHere: "committed here, waits for \(name)"
    case .preparedHere: "prepared here, waits for \(name)"
    case .committedPart: "a part of its work is committed here, waits for \(name)"
    case .committing: "COMMIT in progress"
    case .rollingBack: "ROLLBACK in progress"
    case .preparing: "PREPARE TRANSACTION in progress"
    case .finishingPrepared: "COMMIT PREPARED or ROLLBACK PREPARED in progress"
    case .maintaining, .indexingConcurrently, .detaching: "in a statement outside a transaction block"
    case .committingParts: "in a statement that can commit parts of its work"
    case .remote: "waits for another server"
    }
  }

  var loses: [SafeText] {
    var out: [SafeText] = []
    switch point {
    case .idle, .finishingPrepared, .committing, .rollingBack, .preparing: break
    case .committedHere, .preparedHere: out.append("the wait, not the data: it is perhaps not on the standby")
    case .committedPart:
      out.append("the wait, not what is committed: that is perhaps not on the standby")
      if !isCancel { out.append("the parts that are still to come") }
    case .open, .remote:
      out.append(
        isCancel
          ? "what the statement has done so far, and its whole transaction unless the application returns to a savepoint"
          : "its open transaction is rolled back, with all that it wrote")
    case .maintaining: out.append("the work on the table that it is at")
    case .indexingConcurrently: out.append("the work on the index so far")
    case .detaching: out.append("the wait for the old transactions")
    case .committingParts: out.append("what it did since its last COMMIT")
    }
    if !isCancel { out.append("temporary tables, session locks and settings") }
    return out
  }

  var keeps: [SafeText] {
    var out: [SafeText] = []
    switch point {
    case .committedHere: out.append("the data: its transaction is committed on this server")
    case .preparedHere: out.append("the prepared transaction: it is prepared on this server")
    case .committedPart: out.append("what it has committed so far on this server")
    case .finishingPrepared: out.append("the prepared transaction is never lost: it is finished, or still prepared")
    case .maintaining: out.append("the tables that are done")
    case .committingParts: out.append("what it has committed so far")
    default: break
    }
    if isCancel { out.append(point == .open ? "the session; its transaction is then an aborted one" : "the session") }
    return out
  }

  func warnings(isWriting: Bool) -> [SafeText] {
    switch point {
    case .idle: []
    case .open:
      isWriting ? ["it has written: rolling back may take as long as writing did, and its locks stay until then"] : []
    case .committedHere:
      [
        isCancel
          ? "do not run the transaction again: its client gets a success with a warning"
          : "do not run the transaction again: its client sees a lost connection and cannot tell that it is committed"
      ]
    case .committedPart:
      [
        isCancel
          ? "only this wait ends: its statement continues with the next part"
          : "check where it stopped before you run it again; an index that it built CONCURRENTLY may be INVALID"
      ]
    case .preparedHere: ["do not prepare it again: pg_prepared_xacts lists it"]
    case .committing: ["if the commit has begun to write, it completes; otherwise the whole transaction is rolled back. Check which"]
    case .rollingBack: ["the rollback continues to its end; its locks stay until then"]
    case .preparing: ["afterwards the transaction is prepared or rolled back; pg_prepared_xacts shows which"]
    case .finishingPrepared: ["afterwards it is finished or still prepared; pg_prepared_xacts shows which"]
    case .maintaining: []
    case .indexingConcurrently: ["it leaves an INVALID index: drop it, then start again"]
    case .detaching: ["the partition stays half detached: ALTER TABLE … DETACH PARTITION … FINALIZE completes it"]
    case .committingParts: ["a second run repeats what is committed: check where it stopped"]
    case .remote: ["what it asked of the other server may take effect there, or has"]
    }
  }

  /// What is to be known when the signal was sent; nil where nothing is uncertain.
  var receipt: SafeText? {
    switch point {
    // Whether a statement was ended by the signal or ended just before it, nobody can tell: so nothing is claimed of it.
    case .idle, .open, .maintaining: nil
    case .committedHere: "its transaction is committed here, perhaps not on the standby: do not run it again"
    case .committedPart: "a part of its work is committed here, perhaps not on the standby: check where it stopped"
    case .preparedHere: "its transaction is prepared here, perhaps not on the standby"
    case .committing: "its COMMIT was in progress: check whether it took effect"
    case .rollingBack: "its ROLLBACK was in progress and completes"
    case .preparing: "PREPARE TRANSACTION was in progress: pg_prepared_xacts shows whether it took effect"
    case .finishingPrepared: "pg_prepared_xacts shows whether the prepared transaction is finished"
    case .indexingConcurrently: "it may leave an INVALID index: drop it, then start again"
    case .detaching: "the partition may be half detached: FINALIZE completes it"
    case .committingParts: "what it had committed stays: check where it stopped"
    case .remote: "the other server may have done, or may still do, what it was asked"
    }
  }
}
