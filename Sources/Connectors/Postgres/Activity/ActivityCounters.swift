import OpsModel

/// Counters of the whole server at one moment; what happened between two of them is told per second.
struct ActivityCounters {
  let isStandby: Bool
  let uptime: Double?
  let startedAt: Double?
  /// Seconds of the server's own clock.
  let clock: Double
  private let resetAt: Double?
  private let wal: Double?
  private let hit: Double?
  private let read: Double?
  private let temporary: Double?
  private let commits: Double?
  private let rollbacks: Double?
  private let deadlocks: Double?
  private let conflicts: Double?
  /// Milliseconds.
  let active: Double?
  private let idle: Double?
  private let lost: Double?

  init?(_ row: PostgresRow) {
    guard row.count == 16, let clock = row.number(15) else { return nil }
    self.clock = clock
    isStandby = row.isTrue(0)
    uptime = row.age(1)
    startedAt = row.number(2)
    wal = row.number(3)
    hit = row.number(4)
    read = row.number(5)
    temporary = row.number(6)
    commits = row.number(7)
    rollbacks = row.number(8)
    deadlocks = row.number(9)
    conflicts = row.number(10)
    active = row.number(11)
    idle = row.number(12)
    lost = row.number(13)
    resetAt = row.number(14)
  }

  /// Whether both count the same thing: neither restarted, reset nor failed over in between.
  private func continues(_ old: ActivityCounters) -> Bool {
    isStandby == old.isStandby && resetAt == old.resetAt && abs((startedAt ?? 0) - (old.startedAt ?? 0)) < 1 && clock > old.clock
  }

  /// Fills in what grew since an older look; leaves all unknown where the two can not be compared.
  func fill(_ pressure: inout DatabaseHealth.Pressure, since old: ActivityCounters) {
    guard continues(old) else { return }
    let span = clock - old.clock
    func grown(_ path: KeyPath<ActivityCounters, Double?>) -> Double? {
      guard let now = self[keyPath: path], let before = old[keyPath: path], now >= before else { return nil }
      return now - before
    }
    func rate(_ path: KeyPath<ActivityCounters, Double?>) -> Double? { grown(path).map { $0 / span } }
    pressure.span = span
    if let hits = grown(\.hit), let reads = grown(\.read), hits + reads > 0 { pressure.hitShare = hits / (hits + reads) }
    pressure.reads = rate(\.read)
    pressure.temporaryBytes = rate(\.temporary)
    pressure.commits = rate(\.commits)
    pressure.rollbacks = rate(\.rollbacks)
    pressure.deadlocks = grown(\.deadlocks)
    pressure.conflicts = grown(\.conflicts)
    pressure.lostSessions = grown(\.lost)
    pressure.walBytes = rate(\.wal)
    pressure.activeSessions = rate(\.active).map { $0 / 1000 }
    pressure.idleInTransaction = rate(\.idle).map { $0 / 1000 }
  }
}
