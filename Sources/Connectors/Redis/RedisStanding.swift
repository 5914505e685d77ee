import OpsModel

/// Whether a Redis takes writes, by what it says of itself: `INFO replication`, `persistence`, `memory`.
enum RedisStanding {
  static let commands = ["replication", "persistence", "memory"].map { RedisCommand(.info, texts: $0) }

  /// - Returns: nil where it takes writes, and where this account may not ask.
  static func refusal(_ replies: [RedisValue]) -> Refusal? {
    let fields = Dictionary(replies.flatMap { RedisServer.fields($0) }, uniquingKeysWith: { first, _ in first })
    func says(_ name: String, _ value: String) -> Bool { fields[name] == value }
    if says("role", "slave") || says("role", "replica") {
      let master: SafeText =
        "\(SafeText(escaping: fields["master_host"] ?? "?", limit: 100)):\(SafeText(escaping: fields["master_port"] ?? "?", limit: 10))"
      return .replica(of: master, isWritable: says("slave_read_only", "0"), isLinked: says("master_link_status", "up"))
    }
    if says("aof_enabled", "1"), says("aof_last_write_status", "err") {
      return .writesRefused("the last write of its append-only file failed (MISCONF)")
    }
    if says("rdb_last_bgsave_status", "err") { return .writesRefused("its last background save failed (MISCONF)") }
    if says("min_slaves_good_slaves", "0") { return .writesRefused("it has too few good replicas (NOREPLICAS)") }
    if let used = fields["used_memory"].flatMap({ Double($0) }), let most = fields["maxmemory"].flatMap({ Double($0) }), most > 0,
      used > most,
      says("maxmemory_policy", "noeviction")
    {
      return .writesRefused("it uses \(Units.bytes(used)) of \(Units.bytes(most)) (OOM)")
    }
    return nil
  }
}
