/// The part of a `StatementLog` that is worth keeping for long: the statements that took most time, at the looks that windows begin with.
public struct StatementBrief: Sendable, Codable {
  struct Look: Sendable, Codable {
    let stamp: StatementStamp
    let counters: [StatementCounters?]
  }

  struct Name: Sendable, Codable {
    let number: UInt32
    let name: SafeText
  }

  let keys: [StatementKey]
  /// The newest first.
  let looks: [Look]
  /// By place of the key.
  let texts: [SafeText?]
  let users: [Name]
  let databases: [Name]
  let limit: Int?

  /// Statements that are kept of each window.
  public static let most = 100

  public init(_ log: StatementLog) {
    var chosen: Set<StatementKey> = []
    for seconds in StatementLog.windows { for row in log.window(seconds).rows.prefix(Self.most) { chosen.insert(row.key) } }
    let places = log.keys.indices.filter { chosen.contains(log.keys[$0]) }
    keys = places.map { log.keys[$0] }
    let layers = log.layers.isEmpty ? [] : Array(Set([0] + StatementLog.windows.map { log.base($0) })).sorted()
    looks = layers.map { layer in
      let counters = log.counters(at: layer)
      return Look(stamp: log.layers[layer].stamp, counters: places.map { $0 < counters.count ? counters[$0] : nil })
    }
    texts = places.map { log.texts[log.keys[$0]] }
    users = log.users.map { Name(number: $0, name: $1) }.sorted { $0.number < $1.number }
    databases = log.databases.map { Name(number: $0, name: $1) }.sorted { $0.number < $1.number }
    limit = log.limit
  }

  /// As panels read it.
  public var log: StatementLog {
    var ring = StatementRing()
    for look in looks.reversed() {
      ring.add(zip(keys, look.counters).compactMap { key, value in value.map { (key, $0) } }, look.stamp)
    }
    ring.texts = Dictionary(zip(keys, texts).compactMap { key, text in text.map { (key, $0) } }, uniquingKeysWith: { first, _ in first })
    ring.users = Dictionary(users.map { ($0.number, $0.name) }, uniquingKeysWith: { first, _ in first })
    ring.databases = Dictionary(databases.map { ($0.number, $0.name) }, uniquingKeysWith: { first, _ in first })
    ring.limit = limit
    return ring.log
  }
}
