import OpsModel

/// Walks over the stored results in short steps, to find the failures that were there before we listened.
struct CeleryResultWalk: Sendable {
  /// Seconds between two walks; between them failures are heard, and those that expire are met when they are read.
  static let again = 300.0
  static let againUnheard = 30.0
  /// Bytes of a result that tell its status.
  static let head = 63

  let keys: CeleryKeys
  private var cursor = Array("0".utf8)
  private var met: Set<[UInt8]> = []
  private var unreadable = 0
  private var beganAt: Double?
  /// When the whole database was last walked over.
  private(set) var wholeAt: Moment?

  init(keys: CeleryKeys) { self.keys = keys }

  func isDue(at now: Moment, again: Double) -> Bool { wholeAt.map { now.age(since: $0) >= again } ?? true }

  /// Goes on by so many `SCAN` calls, or to the end.
  mutating func step(_ client: RedisClient, _ failures: CeleryFailures, _ clock: any OpsClock, calls: Int) async throws(Failure) {
    for _ in 0..<calls {
      let began = beganAt ?? clock.now().unix
      beganAt = began
      let reply = try await client.run([
        RedisCommand(.scan, cursor, Array("MATCH".utf8), keys.resultPattern, Array("COUNT".utf8), Array("1000".utf8))
      ])
      if case .error(let message) = reply[0] { throw RedisFailure.of(message, doing: "SCAN for results of Celery") }
      guard let parts = reply[0].array, parts.count == 2, let next = parts[0].bytes else { throw .garbage("a SCAN reply of another shape") }
      try await look(at: (parts[1].array ?? []).compactMap(\.bytes), client, failures)
      cursor = next
      guard cursor == Array("0".utf8) else { continue }
      failures.keep(only: met, unreadable: unreadable, walkBegan: began)
      met = []
      unreadable = 0
      beganAt = nil
      wholeAt = clock.now()
      return
    }
  }

  /// The first bytes of each tell whether it failed; only failures are fetched.
  private mutating func look(at found: [[UInt8]], _ client: RedisClient, _ failures: CeleryFailures) async throws(Failure) {
    guard !found.isEmpty else { return }
    let heads = try await client.run(found.map { RedisCommand(.getRange, $0, Array("0".utf8), Array(String(Self.head).utf8)) })
    var failed: [[UInt8]] = []
    for (key, head) in zip(found, heads) {
      guard let bytes = head.bytes, !bytes.isEmpty else { continue }
      if bytes.first != UInt8(ascii: "{") { unreadable += 1 } else if CeleryFailures.saysFailure(bytes) { failed.append(key) }
    }
    let stored = try await CeleryStored.read(failed, client)
    for (key, one) in zip(failed, stored) {
      let id = Array(key.dropFirst(keys.resultMark.count))
      met.insert(id)
      failures.remember(id, one.bytes.flatMap { CeleryResult($0)?.doneAt } ?? 0)
    }
  }
}
