import OpsModel

/// Which queues there are. Dramatiq has no list of them: the keys are walked over in short steps over many polls, and again once a minute.
struct DramatiqNames: Sendable {
  static let again = 60.0
  static let stepsPerPoll = 10
  static let limit = 2_000

  let keys: DramatiqKeys
  private(set) var queues: [[UInt8]]
  /// The same names, for looking one up.
  private var found: Set<[UInt8]>
  private(set) var isWhole = false
  private var cursor = Array("0".utf8)
  private var walkedAt: Moment?

  init(keys: DramatiqKeys, known: [String]) {
    self.keys = keys
    queues = known.map { Array($0.utf8) }
    found = Set(queues)
  }

  /// - Parameter whole: walks to the end at once, for commands that are run once.
  mutating func refresh(_ client: RedisClient, at now: Moment, whole: Bool = false) async throws(Failure) {
    if let walkedAt, now.age(since: walkedAt) < Self.again { return }
    for _ in 0..<(whole ? 100_000 : Self.stepsPerPoll) {
      let reply = try await client.run([
        RedisCommand(.scan, cursor, Array("MATCH".utf8), keys.pattern, Array("COUNT".utf8), Array("1000".utf8))
      ])
      if case .error(let message) = reply[0] { throw RedisFailure.of(message, doing: "SCAN for the queues of Dramatiq") }
      guard let parts = reply[0].array, parts.count == 2, let next = parts[0].bytes else { throw .garbage("a SCAN reply of another shape") }
      for key in parts[1].array ?? [] {
        guard let name = key.bytes.flatMap({ keys.queue(inKey: $0) }), queues.count < Self.limit else { continue }
        if found.insert(name).inserted { queues.append(name) }
      }
      cursor = next
      if cursor == Array("0".utf8) {
        isWhole = true
        walkedAt = now
        queues.sort { $0.lexicographicallyPrecedes($1) }
        return
      }
    }
  }
}
