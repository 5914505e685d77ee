/// What statements did over a window of time.
public struct StatementWindow: Sendable {
  public struct Row: Hashable, Sendable {
    public let key: StatementKey
    /// Within the window.
    public let counters: StatementCounters
    /// It was reset, or thrown out and seen again, within the window: what it did before that is not in the numbers.
    public let isRestarted: Bool
    /// Its longest call happened within the window.
    public let hasNewLongest: Bool
  }

  /// Seconds between the two looks; nil where there was only one, and the numbers are those since counting began.
  public let span: Double?
  public let at: Moment?
  public let rows: [Row]
  /// Statements whose work of this window is lost, since they were thrown out.
  public let evicted: Int
  /// How often the server threw entries out; nil before 14.
  public let evictions: Double?
  /// Milliseconds of all statements that clients sent themselves.
  public let total: Double
  /// Milliseconds that sessions were active and that no statement accounts for: it failed, was cancelled or timed out, was thrown out,
  /// or runs still. Nil before 14.
  public let unattributed: Double?
  /// When counting began, in seconds since 1970.
  public let resetAt: Double?

  init(_ log: StatementLog, seconds: Double) {
    let base = log.base(seconds)
    let stamp = log.layers.first?.stamp
    let first = base > 0 ? log.layers[base].stamp : nil
    at = stamp?.at
    resetAt = stamp?.resetAt
    span = first.flatMap { first in stamp.map { $0.at.age(since: first.at) } }
    evictions = first.flatMap { first in stamp?.evictions.flatMap { now in first.evictions.map { now - $0 } } }
    (rows, evicted) = Self.rows(log, since: base)
    total = rows.reduce(0) { $0 + ($1.key.isTop ? $1.counters.total : 0) }
    unattributed = Self.unattributed(first, stamp, total)
  }

  /// The longest first, and how many were thrown out.
  private static func rows(_ log: StatementLog, since base: Int) -> ([Row], Int) {
    var rows: [Row] = []
    var evicted = 0
    let before = base > 0 ? log.counters(at: base) : []
    for (index, now) in log.newest.enumerated() {
      let old = index < before.count ? before[index] : nil
      guard let now else {
        evicted += old == nil ? 0 : 1
        continue
      }
      if let row = row(log.keys[index], now, old) { rows.append(row) }
    }
    rows.sort { ($1.counters.total, $0.key.query) < ($0.counters.total, $1.key.query) }
    return (rows, evicted)
  }

  /// Nil for a statement that did nothing. One that was not there before was made within the window: all it counts is of the window.
  private static func row(_ key: StatementKey, _ now: StatementCounters, _ old: StatementCounters?) -> Row? {
    guard let old else { return now.calls > 0 ? Row(key: key, counters: now, isRestarted: false, hasNewLongest: true) : nil }
    guard now.continues(old) else { return Row(key: key, counters: now, isRestarted: true, hasNewLongest: true) }
    guard now.calls > old.calls || now.planning > old.planning else { return nil }
    return Row(key: key, counters: now.less(old), isRestarted: false, hasNewLongest: now.longest > old.longest)
  }

  private static func unattributed(_ first: StatementStamp?, _ last: StatementStamp?, _ total: Double) -> Double? {
    guard let begin = first?.activeTime, let end = last?.activeTime else { return nil }
    return max(0, end - begin - total)
  }

  /// A statement's part of all that clients' statements took; nil for one that ran inside another, whose time is counted there already.
  public func share(of row: Row) -> Double? { row.key.isTop && total > 0 ? row.counters.total / total : nil }

  public func perSecond(_ value: Double) -> Double? { span.flatMap { $0 > 0 ? value / $0 : nil } }
}
