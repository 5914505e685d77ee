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
  let facts: Data

  /// Nil where the source was not known yet.
  func source(_ at: Double) throws -> TapeMoment.Source? {
    let facts = try TapeDecoder.decode(SourceFacts.self, from: Array(facts), names: names)
    let success = try Double.fetchOne(
      database, sql: "SELECT max(at) FROM polls WHERE source = ? AND at <= ? AND failure IS NULL", arguments: [number, at])
    let failed = try Row.fetchOne(
      database,
      sql: "SELECT at, failure FROM polls WHERE source = ? AND at <= ? AND at > ? AND failure IS NOT NULL ORDER BY at LIMIT 1",
      arguments: [number, at, success ?? 0])
    let last = try Row.fetchOne(
      database, sql: "SELECT failure FROM polls WHERE source = ? AND at <= ? AND at > ? ORDER BY at DESC LIMIT 1",
      arguments: [number, at, success ?? 0])
    let failure: Failure? = try (last?[0] as Data?).map { try TapeDecoder.decode(Failure.self, from: Array($0), names: names) }
    let since: Double? = failed?[0]
    guard let success else {
      guard let failure, let since else { return nil }
      return TapeMoment.Source(facts: facts, reading: .failed(failure, since: Moment(recorded: since)))
    }
    let observed = try observation(success)
    let moment = Moment(recorded: success)
    guard let failure, let since else { return TapeMoment.Source(facts: facts, reading: .fresh(observed, at: moment)) }
    return TapeMoment.Source(facts: facts, reading: .stale(observed, at: moment, since: Moment(recorded: since), because: failure))
  }

  private func observation(_ at: Double) throws -> Observation {
    let head = try value(TapeHead.self, .head, at)
    var out = Observation(source: name, at: Moment(recorded: at), took: 0, facets: head?.facets ?? [])
    head?.put(into: &out)
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
    let data = try Data.fetchOne(
      database, sql: "SELECT data FROM frames WHERE source = ? AND part = ? AND at <= ? AND is_key = 1 ORDER BY at DESC LIMIT 1",
      arguments: [number, part.rawValue, at])
    guard let data, !data.isEmpty else { return nil }
    return try TapeDecoder.decode(type, from: Packed.unpack(Array(data)), names: names)
  }

  /// The last whole frame, and what changed since.
  private func rows<Row: Codable>(_ part: TapePart, _ at: Double) throws -> [Row] {
    let key = try GRDB.Row.fetchOne(
      database, sql: "SELECT at, data FROM frames WHERE source = ? AND part = ? AND at <= ? AND is_key = 1 ORDER BY at DESC LIMIT 1",
      arguments: [number, part.rawValue, at])
    guard let key, let keyAt: Double = key[0], let data: Data = key[1] else { return [] }
    var out = try TapeDecoder.decode([Row].self, from: Packed.unpack(Array(data)), names: names)
    let deltas = try Data.fetchAll(
      database, sql: "SELECT data FROM frames WHERE source = ? AND part = ? AND at > ? AND at <= ? AND is_key = 0 ORDER BY at",
      arguments: [number, part.rawValue, keyAt, at])
    for delta in deltas {
      out = try TapeDecoder.decode(RowDelta<Row>.self, from: Packed.unpack(Array(delta)), names: names).applied(to: out)
    }
    return out
  }
}
