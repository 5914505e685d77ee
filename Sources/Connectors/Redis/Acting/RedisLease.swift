import Gate
import OpsModel

/// Says to other consoles that somebody is at the dead letters of a set. Advisory: correctness rests on compare-and-move alone.
///
/// `SET opsc:lock:<scope> <token> NX PX 15000`, renewed while the operation runs; `INCR opsc:fence:<scope>` at each acquisition. Scripts that
/// move items compare the token in the same step, so that a console that was held up does not go on beside its successor.
actor RedisLease {
  static let milliseconds = 15_000
  /// Seconds between renewals.
  static let renewal = 5.0

  let key: [UInt8]
  let token: [UInt8]
  private let fence: [UInt8]
  private let scripts: RedisScriptClient
  private let clock: any OpsClock
  private var renewedAt: Moment?

  static let acquire = RedisScript(
    name: "taking the lease",
    source: """
      local held = redis.call('GET', KEYS[1])
      if held and held ~= ARGV[1] then return {held, redis.call('PTTL', KEYS[1])} end
      redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
      local fence = redis.call('INCR', KEYS[2])
      redis.call('EXPIRE', KEYS[2], 604800)
      return fence
      """)

  static let renew = RedisScript(
    name: "renewing the lease",
    source: """
      if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
      return redis.call('PEXPIRE', KEYS[1], ARGV[2])
      """)

  static let release = RedisScript(
    name: "giving the lease back",
    source: "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0")

  init(scope: [UInt8], operation: Operation, actor name: String, scripts: RedisScriptClient, clock: any OpsClock) {
    key = Array("opsc:lock:".utf8) + scope
    fence = Array("opsc:fence:".utf8) + scope
    token = Array("\(operation.id) \(name) \(operation.verb.rawValue) since \(Calendar.clock(clock.now().unix).text)".utf8)
    self.scripts = scripts
    self.clock = clock
  }

  /// - Throws: `Failure.declined` with the name of whoever holds it.
  func take(_ permit: Permit) async throws(Failure) {
    let reply = try await Self.acquire.run(scripts, keys: [key, fence], [token, text(Self.milliseconds)], permit).reply
    renewedAt = clock.now()
    guard case .array(let held) = reply, let words = held.first?.bytes else { return }
    let left = held.last?.integer.map { Units.duration(Double($0) / 1000) } ?? "?"
    let who = SafeText(bytes: words.drop { $0 != 0x20 }.dropFirst(), limit: 100)
    throw .declined(.leaseHeld(by: who, left: left))
  }

  func keep(_ permit: Permit) async throws(Failure) {
    if let renewedAt, clock.now().age(since: renewedAt) < Self.renewal { return }
    let reply = try await Self.renew.run(scripts, keys: [key], [token, text(Self.milliseconds)], permit).reply
    if reply.integer != 1 { try await take(permit) }
    renewedAt = clock.now()
  }

  func give(_ permit: Permit) async {
    _ = try? await Self.release.run(scripts, keys: [key], [token], permit)
  }

  private func text(_ number: Int) -> [UInt8] { Array(String(number).utf8) }
}
