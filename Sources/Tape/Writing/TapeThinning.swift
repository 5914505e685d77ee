import GRDB

/// Keeps a tape within its age and its size: what is old is kept coarser, what is too old or too much is let go.
struct TapeThinning {
  let database: DatabaseQueue
  let settings: TapeSettings

  /// Part of the size at which the oldest is let go, so that there is always room for a batch.
  private static let full = 0.85

  /// - Parameter last: when this was done last; nil where that is not known, and everything is gone through.
  func run(now: Double, last: Double?) throws {
    try database.write { database in
      for (age, step) in [(TapeSettings.fine, TapeSettings.middleStep), (TapeSettings.middle, TapeSettings.coarseStep)] {
        try thin(database, from: last.map { $0 - age - 2 * step } ?? 0, until: now - age, step: step)
      }
      try database.execute(sql: "DELETE FROM samples WHERE coarse = 0 AND ends < ?", arguments: [now - 2 * TapeSettings.fine])
      try forget(database, before: now - settings.age)
    }
    try shrink(now)
    try database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA incremental_vacuum(512)") }
  }

  /// Keeps the first look of each step, and the first after each failure: an outage does not get longer by forgetting. Of the frames
  /// those stay that a look needs which is kept; changes go, since each step begins with a whole frame.
  private func thin(_ database: Database, from: Double, until: Double, step: Double) throws {
    let window: StatementArguments = ["until": until, "from": from, "step": step]
    try database.execute(
      sql: """
        DELETE FROM polls WHERE at < :until AND at > :from AND failure IS NULL AND EXISTS (
          SELECT 1 FROM polls AS kept WHERE kept.source = polls.source AND kept.failure IS NULL
            AND kept.at < polls.at AND kept.at >= CAST(polls.at / :step AS INTEGER) * :step)
          AND (SELECT before.failure FROM polls AS before WHERE before.source = polls.source AND before.at < polls.at
            ORDER BY before.at DESC LIMIT 1) IS NULL
        """, arguments: window)
    try database.execute(sql: "DELETE FROM frames WHERE is_key = 0 AND at < ? AND at > ?", arguments: [until, from])
    try database.execute(
      sql: """
        DELETE FROM frames WHERE at < :until AND at > :from AND is_key = 1 AND NOT EXISTS (
          SELECT 1 FROM polls AS kept WHERE kept.source = frames.source AND kept.failure IS NULL AND kept.at >= frames.at
            AND kept.at < coalesce((SELECT next.at FROM frames AS next WHERE next.source = frames.source AND next.part = frames.part
              AND next.is_key = 1 AND next.at > frames.at ORDER BY next.at LIMIT 1), 1e12))
        """, arguments: ["until": until, "from": from])
    try database.execute(
      sql: """
        DELETE FROM verdicts WHERE at < :until AND at > :from AND EXISTS (
          SELECT 1 FROM verdicts AS kept WHERE kept.at < verdicts.at AND kept.at >= CAST(verdicts.at / :step AS INTEGER) * :step)
        """, arguments: window)
  }

  /// What holds on after the cut stays: the last whole frame of each part, and the last verdict.
  private func forget(_ database: Database, before cut: Double) throws {
    try database.execute(
      sql: """
        DELETE FROM frames WHERE at < :cut AND EXISTS (
          SELECT 1 FROM frames AS later WHERE later.source = frames.source AND later.part = frames.part AND later.is_key = 1
            AND later.at > frames.at AND later.at <= :cut)
        """, arguments: ["cut": cut])
    try database.execute(sql: "DELETE FROM polls WHERE at < ?", arguments: [cut])
    try database.execute(sql: "DELETE FROM samples WHERE ends < ?", arguments: [cut])
    try database.execute(
      sql: "DELETE FROM verdicts WHERE at < :cut AND at < (SELECT max(at) FROM verdicts WHERE at <= :cut)", arguments: ["cut": cut])
    try database.execute(sql: "DELETE FROM events WHERE at < ?", arguments: [cut])
  }

  /// Lets the oldest twentieth of the time go until there is room.
  private func shrink(_ now: Double) throws {
    for _ in 0..<40 {
      let used = try database.read { database in
        let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
        let free = try Int.fetchOne(database, sql: "PRAGMA freelist_count") ?? 0
        return Double(pages - free) * 4096
      }
      guard used > Self.full * Double(settings.size) else { return }
      let first = try database.read { try Double.fetchOne($0, sql: "SELECT min(at) FROM polls") } ?? now
      // The last ten minutes are never given up: rather the tape is full.
      guard now - first > 600 else { return }
      try database.write { try forget($0, before: first + max(60, (now - first) / 20)) }
    }
  }
}
