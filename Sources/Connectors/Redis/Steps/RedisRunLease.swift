import Gate
import OpsModel

/// The lock of a run at Redis: `SET opsc:lock:run:<scope> <token> NX PX 15000`. Unlike the lease of an operation it is never taken again
/// silently: a runner that was held up for too long has lost it. What a dead runner of the same run on the same host has left is taken over:
/// only one process at a time has the folder of a run.
actor RedisRunLease: RunLease {
  private let key: [UInt8]
  private let fence: [UInt8]
  private let token: [UInt8]
  /// What stands in every token of this holder, whichever process wrote it.
  private let mark: [UInt8]
  private let scripts: RedisScriptClient
  private let client: RedisClient
  private let permit: Permit

  init(_ scope: String, _ holder: String, client: RedisClient, clock: any OpsClock, permit: Permit) {
    key = Array("opsc:lock:run:\(scope)".utf8)
    fence = Array("opsc:fence:run:\(scope)".utf8)
    token = Array("\(Operation.newID()) \(holder) since \(Calendar.stamp(clock.now().unix).text)".utf8)
    mark = Array(" \(holder) since ".utf8)
    scripts = RedisScriptClient(client: client, clock: clock)
    self.client = client
    self.permit = permit
  }

  private static let acquire = RedisScript(
    name: "taking the lock of a run",
    source: """
      local held = redis.call('GET', KEYS[1])
      if held and held ~= ARGV[1] and not string.find(held, ARGV[3], 1, true) then return {held, redis.call('PTTL', KEYS[1])} end
      redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
      local fence = redis.call('INCR', KEYS[2])
      redis.call('EXPIRE', KEYS[2], 604800)
      return fence
      """)

  func take() async throws(Failure) -> SafeText? {
    let milliseconds = Array(String(RedisLease.milliseconds).utf8)
    let reply = try await Self.acquire.run(scripts, keys: [key, fence], [token, milliseconds, mark], permit).reply
    guard case .array(let held) = reply, let words = held.first?.bytes else { return nil }
    let left = held.last?.integer.map { Units.duration(max(0, Double($0) / 1000)) } ?? "?"
    return "\(SafeText(bytes: words.drop { $0 != 0x20 }.dropFirst(), limit: 200)); its lease ends in \(left) unless renewed"
  }

  func keep() async throws(Failure) -> Bool {
    let milliseconds = Array(String(RedisLease.milliseconds).utf8)
    return try await RedisLease.renew.run(scripts, keys: [key], [token, milliseconds], permit).reply.integer == 1
  }

  func give() async {
    _ = try? await RedisLease.release.run(scripts, keys: [key], [token], permit)
    await client.close()
  }
}
