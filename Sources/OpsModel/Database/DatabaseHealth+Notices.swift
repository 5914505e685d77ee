extension DatabaseHealth {
  /// What should not be missed, the worst first.
  public var troubles: [Notice] {
    (wraparoundTroubles + slotTroubles + replicaTroubles + standbyTroubles + vacuumTroubles + horizonTroubles + pressureTroubles)
      .sorted { $0.severity > $1.severity }
  }

  private var wraparoundTroubles: [Notice] {
    wraparound.compactMap { database in
      let oldest = max(database.transactions, database.multixacts ?? 0)
      // Forced vacuum does not keep up; multixacts have a limit of their own, 400 million as a rule.
      let isLate = Double(database.transactions) > Double(freezeAge) * 1.1 || (database.multixacts ?? 0) > 440_000_000
      guard isLate else { return nil }
      return Notice(
        oldest > 1_000_000_000 ? .critical : .warning,
        "wraparound: \(database.database) is at \(Units.short(Double(oldest))) transactions, \(Units.percent(database.share)) of where writes stop; its oldest tables are not frozen"
      )
    }
  }

  private var slotTroubles: [Notice] {
    slots.compactMap { slot in
      if slot.status == "lost" { return Notice(.warning, "slot \(slot.name) is lost: its standby must be made anew; drop it") }
      if slot.status == "unreserved" { return Notice(.critical, "slot \(slot.name) is about to be lost: it needs \(kept(slot)) of WAL") }
      guard !slot.isActive, let retained = slot.retained, retained > 64 * 1_048_576 else { return nil }
      return Notice(
        slot.status == "extended" || retained > 10_737_418_240 ? .critical : .warning,
        "slot \(slot.name) is used by nobody and keeps \(kept(slot)) of WAL: the disk fills")
    }
  }

  private func kept(_ slot: Slot) -> SafeText { slot.retained.map { Units.bytes($0) } ?? "an unknown part" }

  private var replicaTroubles: [Notice] {
    replicas.compactMap { replica in
      let stages: [(SafeText, Double?)] = [
        ("network or sender", replica.unsent), ("its disk", replica.unflushed), ("its replay", replica.unreplayed),
      ]
      let worst = stages.compactMap { stage in stage.1.map { (stage.0, $0) } }.max { $0.1 < $1.1 }
      if let lag = replica.replayLag, lag > 30 {
        let place: SafeText = worst.map { ", held up by \($0.0) (\(Units.bytes($0.1)))" } ?? ""
        return Notice(lag > 300 ? .critical : .warning, "standby \(replica.name) is \(Units.age(lag)) behind\(place)")
      }
      guard let worst, worst.1 > 256 * 1_048_576 else { return nil }
      return Notice(.warning, "standby \(replica.name) is \(Units.bytes(worst.1)) behind, held up by \(worst.0)")
    }
  }

  private var standbyTroubles: [Notice] {
    guard let standby else { return [] }
    var out: [Notice] = []
    if standby.receiver == nil {
      out.append(Notice(.critical, "nothing streams to this standby: no WAL receiver runs; its lag can not be told"))
    } else if let age = standby.replayAge, age > 30, (standby.behind ?? 0) > 0 {
      out.append(Notice(age > 300 ? .critical : .warning, "this standby is \(Units.age(age)) behind in replay"))
    }
    if let pause = standby.pause, pause != "not paused" { out.append(Notice(.critical, "replay is \(pause) on this standby")) }
    return out
  }

  private var vacuumTroubles: [Notice] {
    progress.filter(\.isStuck).map { work in
      Notice(
        .warning, "\(work.work) of \(work.object ?? "?") (pid \(work.pid)) does not move: waits for \(work.wait ?? "nothing it tells of")")
    }
  }

  private var horizonTroubles: [Notice] {
    guard let oldest = horizon.first, let age = oldest.age, age > 1_000_000 || (oldest.seconds ?? 0) > 3600 else { return [] }
    let since: SafeText = oldest.seconds.map { " for \(Units.age($0))" } ?? ""
    return [
      Notice(
        age > 50_000_000 ? .critical : .warning,
        "vacuum can not clean up: \(oldest.kind) \(oldest.id) holds the horizon\(since), \(Units.short(Double(age))) transactions back")
    ]
  }

  private var pressureTroubles: [Notice] {
    var out: [Notice] = []
    if pressure.isArchiveFailing { out.append(Notice(.critical, "archiving fails: WAL piles up until the disk is full")) }
    if let deadlocks = pressure.deadlocks, deadlocks > 0, let span = pressure.span {
      out.append(Notice(.warning, "\(Units.count(Int(clamped: deadlocks), "deadlock")) in the last \(Units.age(span))"))
    }
    if let rollbacks = pressure.rollbacks, let commits = pressure.commits, rollbacks > 0.5, rollbacks > 0.05 * (commits + rollbacks) {
      out.append(
        Notice(
          .warning,
          "\(Units.percent(rollbacks / (commits + rollbacks))) of transactions are rolled back (\(Units.rate(rollbacks)))"))
    }
    if let asked = pressure.requestedCheckpoints, let timed = pressure.timedCheckpoints, asked > timed, asked > 1,
      let span = pressure.checkpointSpan
    {
      out.append(
        Notice(
          .warning,
          "\(Int(clamped: asked)) checkpoints by size, \(Int(clamped: timed)) by time in \(Units.age(span)): max_wal_size is too small for this load"
        ))
    }
    return out
  }
}
