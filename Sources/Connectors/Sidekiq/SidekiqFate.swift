import Gate
import OpsModel

/// Where retried jobs are: in the dead or retry set again, with a thread, in a queue, or nowhere any more, which is how a job ends that ran well.
struct SidekiqFate {
  /// Entries of each set that are looked through, the newest first.
  static let window = 500

  let keys: SidekiqKeys
  let client: RedisClient

  func fate(of targets: [Target]) async throws(Failure) -> Fate {
    let wanted = Set(targets.map { Self.jid($0.key) })
    let queues = try await RedisReading.members(of: keys.queues, client).members
    let last = Array("\(Self.window - 1)".utf8)
    let zero = Array("0".utf8)
    var commands = [RedisCommand(.zrevrange, keys.dead, zero, last), RedisCommand(.zrevrange, keys.retry, zero, last)]
    commands += queues.map { RedisCommand(.lrange, keys.queue($0), zero, last) }
    let replies = try await client.run(commands)
    let processes = try await RedisReading.members(of: keys.processes, client).members
    let work = try await client.run(processes.flatMap { identity in keys.work(identity).map { RedisCommand(.hgetall, $0) } })
    let dead = ids(replies.prefix(2), wanted)
    let waiting = ids(replies.dropFirst(2), wanted)
    let running = Set(
      work.flatMap { SidekiqPoll.pairs($0) }.compactMap { SidekiqWork($0.value)?.payload?.jid }.filter { wanted.contains($0) })
    // What is behind the window of a long queue can not be told from what has ended. The dead are in order of their death: the window holds
    // who died since.
    let isWhole = replies.dropFirst().allSatisfy { ($0.array ?? []).count < Self.window }
    var fate = Fate()
    for jid in wanted {
      if dead.contains(jid) {
        fate.deadAgain += 1
      } else if running.contains(jid) {
        fate.running += 1
      } else if waiting.contains(jid) {
        fate.waiting += 1
      } else if isWhole {
        fate.done += 1
      } else {
        fate.unknown += 1
      }
    }
    return fate
  }

  private func ids(_ replies: ArraySlice<RedisValue>, _ wanted: Set<[UInt8]>) -> Set<[UInt8]> {
    Set(replies.flatMap { $0.array ?? [] }.compactMap { $0.bytes.flatMap { SidekiqPayload($0) }?.jid }.filter { wanted.contains($0) })
  }

  /// The id behind the score.
  static func jid(_ key: [UInt8]) -> [UInt8] { key.firstIndex(of: UInt8(ascii: "-")).map { Array(key[($0 + 1)...]) } ?? key }
}
