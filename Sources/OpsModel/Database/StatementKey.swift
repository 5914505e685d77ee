/// Names a statement of `pg_stat_statements`: who ran it, where, which, and whether it was called from inside a function.
public struct StatementKey: Hashable, Sendable, Codable {
  public let user: UInt32
  public let database: UInt32
  public let query: Int64
  public let isTop: Bool

  public init(user: UInt32, database: UInt32, query: Int64, isTop: Bool) {
    self.user = user
    self.database = database
    self.query = query
    self.isTop = isTop
  }

  /// The key of an identity: `user database query top`.
  public var bytes: [UInt8] { Array("\(user) \(database) \(query) \(isTop ? 1 : 0)".utf8) }

  public init?(bytes: [UInt8]) {
    let parts = String(decoding: bytes, as: UTF8.self).split(separator: " ")
    guard parts.count == 4, let user = UInt32(parts[0]), let database = UInt32(parts[1]), let query = Int64(parts[2]) else { return nil }
    self.init(user: user, database: database, query: query, isTop: parts[3] == "1")
  }
}
