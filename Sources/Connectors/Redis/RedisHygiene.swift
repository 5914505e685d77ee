import OpsModel

/// What every broker in Redis has in common: whether the server may throw tasks away.
enum RedisHygiene {
  /// Queues, and tasks of each, that one look reads at most.
  static let queues = 20
  static let window = 10

  static func server(_ source: SafeText, _ client: RedisClient) async throws(Failure) -> [HygieneFinding] {
    let reply = try await client.run([RedisCommand(.info, Array("memory".utf8))])
    let fields = Dictionary(RedisServer.fields(reply[0]), uniquingKeysWith: { first, _ in first })
    guard let policy = fields["maxmemory_policy"], policy != "noeviction" else { return [] }
    let limit = fields["maxmemory"].flatMap { Double($0) } ?? 0
    let used = fields["used_memory"].flatMap { Double($0) }
    let shown = SafeText(escaping: policy, limit: 40)
    let room: SafeText =
      limit > 0 ? "limit \(Units.bytes(limit))\(used.map { ", \(Units.bytes($0)) used" } ?? "" as SafeText)" : "no limit is set yet"
    return [
      HygieneFinding(
        "evicting-broker", source: source, subject: "redis", severity: limit > 0 ? .critical : .warning,
        seen: "maxmemory-policy is \(shown); \(room)",
        why: "when memory is full it throws tasks away without a word: a broker needs noeviction")
    ]
  }

  static func words(_ samples: [TaskSample], _ rest: SafeText = "") -> SafeText {
    let waiting = samples.filter { $0.took == nil }.count
    return "\(Units.count(waiting, "waiting task")) of \(Units.count(Set(samples.map(\.queue)).count, "queue"))\(rest)"
  }
}
