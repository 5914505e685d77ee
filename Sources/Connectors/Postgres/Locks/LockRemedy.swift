import OpsModel

/// What helps against a blocker, and why not something else.
enum LockRemedy {
  static func ofRoot(_ session: SessionState?) -> SafeText {
    guard let session else { return "its session is not visible; look again" }
    if session.isHidden { return "its state is hidden from this role: GRANT pg_monitor shows whether cancel or terminate helps" }
    if session.point == .committedPart {
      return "a part of its work is committed here, waits for a synchronous standby: cancelling ends this wait, and its statement continues"
    }
    if session.point?.waitsForStandby == true {
      return "committed here, waits for a synchronous standby: cancelling ends the wait and keeps the data"
    }
    if session.isIdleInTransaction { return "terminate: it is idle, so cancel does nothing; its open transaction is rolled back" }
    if session.backendType?.text == "autovacuum worker" {
      return "autovacuum gives way by itself, unless it prevents wraparound; cancelled, it starts again"
    }
    if session.backendType?.text.hasPrefix("walsender") == true { return "a WAL sender: terminated, the standby connects again" }
    if session.isActive { return "cancel its statement; terminate where it does not end, or where it waits for its client" }
    return "it holds a lock of its session: terminate releases it"
  }

  static func ofPrepared(_ name: SafeText?) -> SafeText {
    let shown = name.map { "'\($0)'" as SafeText } ?? "it"
    return "no session holds it: ask its transaction manager, then COMMIT PREPARED or ROLLBACK PREPARED \(shown) by hand"
  }

  /// Of one that waits itself and has others queued behind it, as a DDL statement does.
  static func ofQueueHead(_ session: SessionState?, behind count: Int) -> SafeText {
    "waits itself: cancelling it lets the \(Units.count(count)) queued behind it go on"
  }

  static let ofCycle: SafeText = "the server ends one of them after deadlock_timeout; else cancel the one with the least to lose"
}
