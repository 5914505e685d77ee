import Synchronization

/// Counters of all statements over the last hour, thinned: every look of the last minute and a half, then one in half a minute, one in a
/// minute, one in five. An older look holds only what differs from the next newer one. A value; windows are reckoned when asked for.
public final class StatementLog: Sendable {
  /// One look at the counters.
  struct Layer: Sendable {
    let stamp: StatementStamp
    /// By place of the key; nil where the statement was not there.
    var older: [Int32: StatementCounters?]
  }

  /// Dense numbers for keys; it only grows.
  let keys: [StatementKey]
  let newest: [StatementCounters?]
  /// The newest first; the first one's `older` is empty.
  let layers: [Layer]
  /// Texts that were read, by key.
  public let texts: [StatementKey: SafeText]
  public let users: [UInt32: SafeText]
  public let databases: [UInt32: SafeText]
  /// Entries the server keeps at most.
  public let limit: Int?
  private let known = Mutex<[Double: StatementWindow]>([:])

  init(
    keys: [StatementKey], newest: [StatementCounters?], layers: [Layer], texts: [StatementKey: SafeText], users: [UInt32: SafeText],
    databases: [UInt32: SafeText], limit: Int?
  ) {
    self.keys = keys
    self.newest = newest
    self.layers = layers
    self.texts = texts
    self.users = users
    self.databases = databases
    self.limit = limit
  }

  /// When the counters were last read.
  public var at: Moment? { layers.first?.stamp.at }

  /// How far back the looks reach, in seconds.
  public var span: Double {
    guard let first = layers.first, let last = layers.last else { return 0 }
    return first.stamp.at.age(since: last.stamp.at)
  }

  public static let windows: [Double] = [60, 300, 900, 3600]

  /// What was added over the last `seconds`, or over what there is where that is less; with a single look, since counting began.
  public func window(_ seconds: Double) -> StatementWindow {
    if let found = known.withLock({ $0[seconds] }) { return found }
    let made = StatementWindow(self, seconds: seconds)
    known.withLock { $0[seconds] = made }
    return made
  }

  /// The look that a window begins with: the youngest that is old enough, or the oldest there is.
  func base(_ seconds: Double) -> Int {
    guard let first = layers.first else { return 0 }
    // A look is taken a little late now and then; a window of a minute is not made one of seventy seconds by that.
    let old = layers.firstIndex { first.stamp.at.age(since: $0.stamp.at) >= seconds * 0.95 }
    return old ?? layers.count - 1
  }

  /// The counters at a look, by place of the key.
  func counters(at layer: Int) -> [StatementCounters?] {
    var out = newest
    for index in stride(from: 1, through: layer, by: 1) {
      for (place, value) in layers[index].older { out[Int(place)] = value }
    }
    return out
  }
}

/// What stood beside the counters at a look.
public struct StatementStamp: Hashable, Sendable, Codable {
  public let at: Moment
  /// How often entries were thrown out for want of room (14 and later).
  public var evictions: Double?
  /// When all counters were last reset, in seconds since 1970 (14 and later).
  public var resetAt: Double?
  /// When the server was started, in seconds since 1970.
  public var startedAt: Double?
  /// Milliseconds that sessions of all databases were active (14 and later).
  public var activeTime: Double?

  public init(at: Moment) { self.at = at }

  /// Whether counters of both can be compared.
  func isSameCount(as other: StatementStamp) -> Bool {
    guard resetAt == other.resetAt else { return false }
    guard let startedAt, let before = other.startedAt else { return true }
    return abs(startedAt - before) < 1
  }
}
