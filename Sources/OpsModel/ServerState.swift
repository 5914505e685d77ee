/// What a server says of itself.
public struct ServerState: Hashable, Sendable, Codable {
  public enum Role: String, Hashable, Sendable, Codable {
    case primary, standby, replica
  }

  /// `PostgreSQL 15.20`, `Redis 7.0.15`.
  public var product: SafeText
  public var role: Role?
  /// Seconds since the server started.
  public var uptime: Double?
  /// Sessions in use and how many ordinary users may have.
  public var connections: Int?
  public var connectionLimit: Int?
  /// Processors of the server, where they are known: no query tells.
  public var cores: Int?
  /// Commits that wait for a synchronous standby; nil where none does.
  public var syncWait: SyncWait?
  /// Bytes in use.
  public var memory: Double?

  public init(product: SafeText) { self.product = product }
}
