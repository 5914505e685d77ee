import OpsModel

/// Reads what ails a server beside its sessions, part by part: one that is refused leaves the others whole.
struct HealthReader {
  private struct Checkpoints {
    let timed: Double?
    let requested: Double?
    let load: Double?
    let backend: Double?
    let fullPages: Double?
    let records: Double?
  }

  let facts: PostgresFacts
  private var before: (counters: ActivityCounters, checkpoints: Checkpoints?)?
  /// Checkpoints come every few minutes: what ten seconds tell of them is nothing.
  private var checkpointLooks: [(clock: Double, checkpoints: Checkpoints)] = []
  private static let checkpointSpan = 600.0
  private var work: [Int: DatabaseHealth.Progress] = [:]

  init(facts: PostgresFacts) { self.facts = facts }

  mutating func read(_ connection: PostgresConnection, _ counters: ActivityCounters, at now: Moment) throws(Failure) -> DatabaseHealth {
    var health = DatabaseHealth(at: now)
    health.isLimited = !facts.seesAll
    health.freezeAge = facts.freezeAge
    let version = facts.version
    var isLate = false
    func ask(_ what: SafeText, _ sql: String) throws(Failure) -> [PostgresRow] {
      // One that timed out is enough of a load; the others wait for a better moment.
      if isLate {
        health.gaps.append("\(what): not asked, the server is slow")
        return []
      }
      do throws(Failure) { return try connection.polled(sql) } catch {
        // A lost connection is a failure of the whole; a refusal only of this part.
        guard connection.isOpen else { throw error }
        if case .timedOut = error { isLate = true }
        health.gaps.append("\(what): \(error.what)")
        return []
      }
    }
    health.replicas = try ask("replication", HealthSQL.replicas).map { Self.replica($0) }
    health.slots = try ask("slots", HealthSQL.slots(version)).map { Self.slot($0) }
    if counters.isStandby { health.standby = try ask("replay", HealthSQL.standby(version)).first.map { Self.standby($0) } }
    health.progress = try ask("progress", HealthSQL.progress(version)).compactMap { Self.progress($0) }
    health.horizon = try ask("horizon", HealthSQL.horizon).map { Self.horizon($0) }
    health.wraparound = try ask("wraparound", HealthSQL.wraparound).compactMap { Self.wraparound($0) }
    health.temporary = try ask("temporary files", HealthSQL.temporary).compactMap { row in
      row.int(0).flatMap { pid in row.number(1).map { .init(pid: pid, bytes: $0) } }
    }
    let checkpoints = try ask("checkpoints", HealthSQL.checkpoints(version)).first
    fill(&health, counters, checkpoints)
    markStuck(&health)
    return health
  }

  private mutating func fill(_ health: inout DatabaseHealth, _ counters: ActivityCounters, _ row: PostgresRow?) {
    let now = row.map {
      Checkpoints(
        timed: $0.number(0), requested: $0.number(1), load: $0.number(2), backend: $0.number(3), fullPages: $0.number(6),
        records: $0.number(7))
    }
    health.pressure.archiveFailures = row?.number(4)
    health.pressure.isArchiveFailing = row?.isTrue(5) ?? false
    if let before {
      counters.fill(&health.pressure, since: before.counters)
      if let now, let old = before.checkpoints, let span = health.pressure.span {
        func grown(_ path: KeyPath<Checkpoints, Double?>) -> Double? {
          guard let value = now[keyPath: path], let earlier = old[keyPath: path], value >= earlier else { return nil }
          return value - earlier
        }
        health.pressure.checkpointLoad = grown(\.load).map { $0 / 1000 / span }
        health.pressure.backendWrites = grown(\.backend).map { $0 / span }
        if let pages = grown(\.fullPages), let records = grown(\.records), records > 0 { health.pressure.fullPageShare = pages / records }
      }
    }
    if let now { countCheckpoints(&health.pressure, now, clock: counters.clock) }
    before = (counters, now)
  }

  /// Over ten minutes, or as long as they are known; anew after a reset.
  private mutating func countCheckpoints(_ pressure: inout DatabaseHealth.Pressure, _ now: Checkpoints, clock: Double) {
    guard let timed = now.timed, let requested = now.requested else { return }
    checkpointLooks.removeAll { look in
      clock - look.clock > Self.checkpointSpan || clock < look.clock || timed < look.checkpoints.timed ?? 0
        || requested < look.checkpoints.requested ?? 0
    }
    if let first = checkpointLooks.first, let oldTimed = first.checkpoints.timed, let oldRequested = first.checkpoints.requested {
      pressure.checkpointSpan = clock - first.clock
      pressure.timedCheckpoints = timed - oldTimed
      pressure.requestedCheckpoints = requested - oldRequested
    }
    checkpointLooks.append((clock, now))
  }

  /// Stuck is what stands where it stood and waits for a lock or a pin.
  private mutating func markStuck(_ health: inout DatabaseHealth) {
    for index in health.progress.indices {
      let now = health.progress[index]
      guard let old = work[now.pid], old.phase == now.phase, old.done == now.done, old.work == now.work else { continue }
      let wait = now.wait?.text ?? ""
      health.progress[index].isStuck = wait.hasPrefix("Lock") || wait.hasPrefix("BufferPin")
    }
    work = Dictionary(health.progress.map { ($0.pid, $0) }, uniquingKeysWith: { first, _ in first })
  }

  private static func replica(_ row: PostgresRow) -> DatabaseHealth.Replica {
    var out = DatabaseHealth.Replica()
    out.name = row.text(0, 64) ?? "?"
    out.client = row.text(1, 64)
    out.state = row.text(2, 20)
    out.sync = row.text(3, 20)
    out.unsent = row.age(4)
    out.unflushed = row.age(5)
    out.unreplayed = row.age(6)
    out.replayLag = row.age(7)
    out.silence = row.age(8)
    return out
  }

  private static func slot(_ row: PostgresRow) -> DatabaseHealth.Slot {
    var out = DatabaseHealth.Slot()
    out.name = row.text(0, 64) ?? "?"
    out.kind = row.text(1, 20)
    out.isActive = row.isTrue(2)
    out.status = row.text(3, 20)
    out.safe = row.number(4)
    out.retained = row.age(5)
    out.horizonAge = row.int(6)
    return out
  }

  private static func standby(_ row: PostgresRow) -> DatabaseHealth.Standby {
    var out = DatabaseHealth.Standby()
    out.behind = row.age(0)
    out.replayAge = row.age(1)
    out.pause = row.text(2, 30)
    out.receiver = row.text(3, 30)
    out.heardAge = row.age(4)
    return out
  }

  private static func progress(_ row: PostgresRow) -> DatabaseHealth.Progress? {
    guard let pid = row.int(0), let work = row.text(1, 20) else { return nil }
    return DatabaseHealth.Progress(
      pid: pid, work: work, database: row.text(2, 64), object: row.relation(3), phase: row.text(4, 60), done: row.number(5),
      total: row.number(6), wait: row.text(7, 60).flatMap { $0.isEmpty ? nil : $0 }, age: row.age(8),
      note: row.text(9, 120).flatMap { $0.isEmpty ? nil : $0 })
  }

  private static func horizon(_ row: PostgresRow) -> DatabaseHealth.Horizon {
    DatabaseHealth.Horizon(
      kind: row.text(0, 20) ?? "?", id: row.text(1, 80) ?? "?", age: row.int(2), note: row.text(3, 60), seconds: row.age(4))
  }

  private static func wraparound(_ row: PostgresRow) -> DatabaseHealth.Wraparound? {
    guard let name = row.text(0, 64), let age = row.int(1) else { return nil }
    return DatabaseHealth.Wraparound(database: name, transactions: age, multixacts: row.int(2))
  }
}
