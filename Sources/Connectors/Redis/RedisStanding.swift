import OpsModel

/// Whether a Redis takes writes, by what it says of itself: `INFO replication`, `persistence`, `memory`.
enum RedisStanding {
  static let commands = ["replication", "persistence", "memory"].map { RedisCommand(.info, texts: $0) }

  /// What has to be asked beside it: whether a server that cannot save, or has few replicas, refuses writes is a setting. Empty where it
  /// does not matter.
  static func questions(_ replies: [RedisValue]) -> [RedisCommand] {
    let fields = Dictionary(replies.flatMap { RedisServer.fields($0) }, uniquingKeysWith: { first, _ in first })
    guard fields["rdb_last_bgsave_status"] == "err" || fields["min_slaves_good_slaves"] != nil else { return [] }
    return ["save", "stop-writes-on-bgsave-error", "min-*-to-write"].map {
      RedisCommand(name: "CONFIG", [Array("GET".utf8), Array($0.utf8)])
    }
  }

  /// - Parameters:
  ///   - replies: to `commands`.
  ///   - settings: replies to `questions`. A setting that this account may not read counts as the one that servers have by default.
  /// - Returns: nil where it takes writes, and where this account may not ask.
  static func refusal(_ replies: [RedisValue], settings: [RedisValue] = []) -> Refusal? {
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
    let known = Self.settings(settings)
    if says("rdb_last_bgsave_status", "err"), known["stop-writes-on-bgsave-error"] != "no", known["save"] != "" {
      return .writesRefused("its last background save failed (MISCONF)")
    }
    if let good = fields["min_slaves_good_slaves"].flatMap({ Int($0) }) {
      let least = (known["min-replicas-to-write"] ?? known["min-slaves-to-write"]).flatMap { Int($0) } ?? 1
      if good < least { return .writesRefused("it has too few good replicas (NOREPLICAS)") }
    }
    if let used = fields["used_memory"].flatMap({ Double($0) }), let most = fields["maxmemory"].flatMap({ Double($0) }), most > 0,
      used > most,
      says("maxmemory_policy", "noeviction")
    {
      return .writesRefused("it uses \(Units.bytes(used)) of \(Units.bytes(most)) (OOM)")
    }
    return nil
  }

  /// Names and values of `CONFIG GET`, which tells them in turn.
  private static func settings(_ replies: [RedisValue]) -> [String: String] {
    var out: [String: String] = [:]
    for case .array(let pairs) in replies {
      for place in stride(from: 0, to: pairs.count - 1, by: 2) {
        if let name = pairs[place].plain { out[name] = pairs[place + 1].plain ?? "" }
      }
    }
    return out
  }
}
