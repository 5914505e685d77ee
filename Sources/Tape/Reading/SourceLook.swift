import Console
import Foundation
import GRDB
import OpsModel

/// Puts one source together as it stood at a moment.
struct SourceLook {
  let database: Database
  let names: CodeNames
  let number: Int
  let name: SafeText
  let facts: [UInt8]
  let budget: ReadBudget
  /// Rows that only grew older were not written again.
  let isAgeing: Bool
  /// Seconds between two looks of that time: what is older than its own interval is not late for that.
  let step: Double

  /// Nil where the source was not known yet.
  func source(_ at: Double) throws -> TapeMoment.Source? {
    // What a later recording does not know any more is not down: nobody looked.
    guard try isKnown(at) else { return nil }
    let facts = try decode(SourceFacts.self, facts).slowed(to: step)
    let success = try Row.fetchOne(
      database, sql: "SELECT at FROM polls WHERE source = ? AND at <= ? AND failure IS NULL ORDER BY at DESC LIMIT 1",
      arguments: [number, at]
    )?.checkedTime(0)
    let failed = try Row.fetchOne(
      database,
      sql: "SELECT at, failure FROM polls WHERE source = ? AND at <= ? AND at > ? AND failure IS NOT NULL ORDER BY at LIMIT 1",
      arguments: [number, at, success ?? 0])
    let last = try Row.fetchOne(
      database, sql: "SELECT failure FROM polls WHERE source = ? AND at <= ? AND at > ? ORDER BY at DESC LIMIT 1",
      arguments: [number, at, success ?? 0])
    let failure = try last.map { try decode(Failure.self, $0.checkedBytes(0)) }
    let since = try failed?.checkedTime(0)
    guard let success else {
      guard let failure, let since else { return nil }
      return TapeMoment.Source(facts: facts, reading: .failed(failure, since: Moment(recorded: since)))
    }
    let observed = try observation(success)
    let moment = Moment(recorded: success)
    guard let failure, let since else { return TapeMoment.Source(facts: facts, reading: .fresh(observed, at: moment)) }
    return TapeMoment.Source(facts: facts, reading: .stale(observed, at: moment, since: Moment(recorded: since), because: failure))
  }

  private func isKnown(_ at: Double) throws -> Bool {
    let begun = try Row.fetchOne(
      database, sql: "SELECT at FROM events WHERE kind = 'begun' AND at <= ? ORDER BY at DESC LIMIT 1", arguments: [at]
    )?.checkedTime(0)
    guard let begun else { return true }
    // Of a thinned time the look that is kept may be one of just before.
    return try Row.fetchOne(
      database, sql: "SELECT 1 FROM polls WHERE source = ? AND at >= ? AND at <= ? LIMIT 1", arguments: [number, begun - 1 - step, at])
      != nil
  }

  private func observation(_ at: Double) throws -> Observation {
    guard let head = try value(TapeHead.self, .head, at) else { throw TapeProblem.damaged("a look has no beginning") }
    var out = Observation(source: name, at: Moment(recorded: at), took: 0, facets: head.facets)
    head.put(into: &out)
    out.queues = try rows(.queues, at)
    out.workers = try rows(.workers, at)
    out.sessions = try rows(.sessions, at)
    out.runtimes = try rows(.runtimes, at)
    out.locks = try value(LockTree.self, .locks, at)
    out.health = try value(DatabaseHealth.self, .health, at)
    out.host = try value(HostState.self, .host, at)
    out.statements = try value(StatementBrief.self, .statements, at)?.log
    if let alerts = try value(TapeAlerts.self, .alerts, at) {
      out.alerts = alerts.alerts
      out.silences = alerts.silences
      out.rules = alerts.rules
    }
    return out
  }

  private func value<Value: Decodable>(_ type: Value.Type, _ part: TapePart, _ at: Double) throws -> Value? {
    let data = try Row.fetchOne(
      database, sql: "SELECT data FROM frames WHERE source = ? AND part = ? AND at <= ? AND is_key = 1 ORDER BY at DESC LIMIT 1",
      arguments: [number, part.rawValue, at]
    )?.checkedBytes(0)
    guard let data, !data.isEmpty else { return nil }
    return try decode(type, Packed.unpack(data, budget))
  }

  /// The last whole frame, and what changed since.
  private func rows<Element: AgeingRow>(_ part: TapePart, _ at: Double) throws -> [Element] {
    let key = try Row.fetchOne(
      database, sql: "SELECT at, data FROM frames WHERE source = ? AND part = ? AND at <= ? AND is_key = 1 ORDER BY at DESC LIMIT 1",
      arguments: [number, part.rawValue, at])
    guard let key else { return [] }
    var out = try decode([Element].self, Packed.unpack(key.checkedBytes(1), budget))
    let began = try key.checkedTime(0)
    var times = [Double](repeating: began, count: out.count)
    let deltas = try Row.fetchCursor(
      database, sql: "SELECT data, at FROM frames WHERE source = ? AND part = ? AND at > ? AND at <= ? AND is_key = 0 ORDER BY at",
      arguments: [number, part.rawValue, began, at])
    while let delta = try deltas.next() {
      let changes = try decode(RowDelta<Element>.self, Packed.unpack(delta.checkedBytes(0), budget))
      try changes.apply(to: &out, &times, at: delta.checkedTime(1))
    }
    // In format 2 a row was written again whenever its ages moved.
    return isAgeing ? zip(out, times).map { row, time in time == at ? row : row.aged(by: at - time) } : out
  }

  private func decode<Value: Decodable>(_ type: Value.Type, _ bytes: [UInt8]) throws -> Value {
    try TapeDecoder.decode(type, from: bytes, names: names, budget: budget)
  }
}
