/// What `pg_stat_statements` counts of one statement since it was first seen. Times in milliseconds, as there.
public struct StatementCounters: Hashable, Sendable, Codable {
  public var calls = 0.0
  public var total = 0.0
  public var planning = 0.0
  public var rows = 0.0
  public var hit = 0.0
  public var read = 0.0
  /// Blocks written to temporary files.
  public var temp = 0.0
  /// Bytes.
  public var wal = 0.0
  public var longest = 0.0
  /// Sum of the squares of all times: of it a deviation within a window can be reckoned, of deviations themselves not.
  public var squares = 0.0
  /// When counting began, in seconds since 1970 (17 and later); 0 where it is not told.
  public var since = 0.0

  public init() {}

  /// - Parameters mean, deviation: as the server prints them, in milliseconds.
  public mutating func setSquares(mean: Double, deviation: Double) { squares = calls * (deviation * deviation + mean * mean) }

  /// What was added since `older`.
  func less(_ older: StatementCounters) -> StatementCounters {
    var out = self
    out.calls -= older.calls
    out.total -= older.total
    out.planning -= older.planning
    out.rows -= older.rows
    out.hit -= older.hit
    out.read -= older.read
    out.temp -= older.temp
    out.wal -= older.wal
    out.squares -= older.squares
    return out
  }

  /// Whether this can be a later state of `older`: counters only grow, unless they began anew.
  func continues(_ older: StatementCounters) -> Bool { since == older.since && calls >= older.calls && total >= older.total }

  /// Milliseconds per call; nil without a call.
  public var mean: Double? { calls > 0 ? total / calls : nil }

  /// Standard deviation in milliseconds; nil without a call.
  public var deviation: Double? {
    guard let mean else { return nil }
    return max(0, squares / calls - mean * mean).squareRoot()
  }

  /// Share of blocks found in memory; nil where none was asked for.
  public var hitShare: Double? { hit + read > 0 ? hit / (hit + read) : nil }
}
