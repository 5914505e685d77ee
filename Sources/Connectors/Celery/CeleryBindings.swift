import OpsModel

/// Which queues and worker nodes the binding tables name. Tables never shrink by themselves, so they also name what is long gone.
///
/// Finding the tables takes a walk over the database. It is done in short steps over many polls, and again once a minute.
struct CeleryBindings: Sendable {
  static let again = 60.0
  /// `SCAN` calls in one poll; each looks at about a thousand keys.
  static let stepsPerPoll = 10
  static let queueLimit = 5_000

  let keys: CeleryKeys
  private let known: [[UInt8]]
  private(set) var queues: [[UInt8]] = []
  /// Names of nodes that once listened for remote control, such as `mail1@host`.
  private(set) var nodes: [[UInt8]] = []
  /// Whether the whole database was walked at least once.
  private(set) var isWhole = false
  private var tables: Set<[UInt8]> = []
  private var cursor = Array("0".utf8)
  private var walkedAt: Moment?
  private var readAt: Moment?

  init(keys: CeleryKeys, known: [[UInt8]]) {
    self.keys = keys
    self.known = known
    queues = known
  }

  mutating func refresh(_ client: RedisClient, at now: Moment) async throws(Failure) {
    let isWalking = walkedAt.map { now.age(since: $0) >= Self.again } ?? true
    let before = tables.count
    if isWalking { try await walk(client, now) }
    let isDue = readAt.map { now.age(since: $0) >= 10 } ?? true
    guard isDue || tables.count != before else { return }
    try await read(client)
    readAt = now
  }

  private mutating func walk(_ client: RedisClient, _ now: Moment) async throws(Failure) {
    for _ in 0..<Self.stepsPerPoll {
      let reply = try await client.run([
        RedisCommand(.scan, cursor, Array("MATCH".utf8), keys.bindingPattern, Array("COUNT".utf8), Array("1000".utf8))
      ])
      if case .error(let message) = reply[0] { throw RedisFailure.of(message, doing: "SCAN for the bindings of Celery") }
      guard let parts = reply[0].array, parts.count == 2, let next = parts[0].bytes else { throw .garbage("a SCAN reply of another shape") }
      for key in parts[1].array ?? [] { if let bytes = key.bytes, tables.count < Self.queueLimit { tables.insert(bytes) } }
      cursor = next
      if cursor == Array("0".utf8) {
        isWhole = true
        walkedAt = now
        return
      }
    }
  }

  private mutating func read(_ client: RedisClient) async throws(Failure) {
    var found = Set(known)
    var order = known
    for table in tables.sorted(by: { $0.lexicographicallyPrecedes($1) }) where keys.bindingMarks.contains(where: { table.starts(with: $0) })
    {
      if String(decoding: table, as: UTF8.self).contains("reply.celery.pidbox") { continue }
      let members = try await RedisReading.members(of: table, client).members
      if table == keys.pidboxBinding {
        nodes = members.compactMap { keys.queue(inBinding: $0) }.compactMap(Self.node).sorted { $0.lexicographicallyPrecedes($1) }
        continue
      }
      for member in members {
        guard let queue = keys.queue(inBinding: member), CeleryKeys.isTaskQueue(queue), order.count < Self.queueLimit else { continue }
        if found.insert(queue).inserted { order.append(queue) }
      }
    }
    queues = order.sorted { $0.lexicographicallyPrecedes($1) }
  }

  /// `mail1@host` of `mail1@host.celery.pidbox`.
  private static func node(_ queue: [UInt8]) -> [UInt8]? {
    let mark = Array(".celery.pidbox".utf8)
    guard queue.count > mark.count, queue.suffix(mark.count) == mark[...] else { return nil }
    return Array(queue.dropLast(mark.count))
  }
}
