import OpsModel

/// One poll of a Celery broker: lengths, tails that are due, and what is unacknowledged.
struct CeleryPoll {
  struct Tail: Sendable {
    let list: [UInt8]
    /// Identity of the message that is next; nil where the list is empty.
    let tag: [UInt8]?
    let size: Int
  }

  struct Result {
    let ready: [Int?]
    let unacked: Int?
    let oldestUnacked: Double?
    let tails: [Tail]
    /// Messages in dead-letter lists; nil where one of them could not be counted.
    let dead: Int?
  }

  static let head = 3

  let source: SafeText
  let keys: CeleryKeys
  let queues: [[UInt8]]
  let tails: [[UInt8]]
  let deadLists: [[UInt8]]

  var commands: [RedisCommand] {
    var list = [
      RedisCommand(.time), RedisCommand(.hlen, keys.unacked),
      RedisCommand(.zrange, keys.unackedIndex, Array("0".utf8), Array("0".utf8), Array("WITHSCORES".utf8)),
    ]
    for queue in queues { for name in keys.lists(queue) { list.append(RedisCommand(.llen, name)) } }
    for name in tails { list.append(RedisCommand(.lindex, name, Array("-1".utf8))) }
    for name in deadLists { list.append(RedisCommand(.llen, name)) }
    return list
  }

  func read(_ replies: [RedisValue]) throws(Failure) -> Result {
    for case .error(let message) in replies.prefix(Self.head) { throw RedisFailure.of(message, doing: "reading \(source)") }
    guard let now = RedisReading.time(replies[0]) else { throw .garbage("a TIME reply of another shape") }
    let steps = keys.steps.count
    let ready = queues.indices.map { index -> Int? in
      let lengths = replies[Self.head + index * steps..<Self.head + (index + 1) * steps].map(\.integer)
      // A key of another type answers with an error: then the depth is not known, and not the sum of the rest.
      return lengths.contains(nil) ? nil : lengths.reduce(0) { $0 + ($1 ?? 0) }
    }
    let base = Self.head + queues.count * steps
    let seen = tails.enumerated().map { index, list in
      let message = replies[base + index].bytes
      return Tail(list: list, tag: message.map(CeleryMessage.identity), size: message?.count ?? 0)
    }
    let dead = replies.suffix(deadLists.count).map(\.integer)
    let oldest = replies[2].array.flatMap { $0.count == 2 ? $0[1].number : nil }
    return Result(
      ready: ready, unacked: replies[1].integer, oldestUnacked: oldest.map { max(0, now - $0) }, tails: seen,
      dead: dead.contains(nil) ? nil : dead.reduce(0) { $0 + ($1 ?? 0) })
  }
}
