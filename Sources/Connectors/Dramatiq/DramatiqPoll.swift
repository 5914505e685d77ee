import OpsModel

/// One poll of Dramatiq: counts of every queue; then the age of what is next, and what workers hold.
struct DramatiqPoll {
  struct First {
    let now: Double
    let queues: [(ready: Int?, stored: Int?, delayed: Int?, dead: Int?, expiring: Int?, next: [UInt8]?)]
    let heartbeats: [SortedSetWalk.Entry]
  }

  static let head = 2
  static let perQueue = 6
  /// Dead messages that go within this many seconds are warned about.
  static let warning = 86_400.0
  /// Heartbeats older than this are not shown (Dramatiq itself takes a worker for dead after a minute).
  static let shownFor = 300.0

  let source: SafeText
  let keys: DramatiqKeys
  let queues: [[UInt8]]

  var commands: [RedisCommand] {
    var list = [
      RedisCommand(.time), RedisCommand(.zrevrange, keys.heartbeats, Array("0".utf8), Array("199".utf8), Array("WITHSCORES".utf8)),
    ]
    // The host's clock will do: what matters is a day.
    let soon = SystemClock().now().unix - DramatiqConnector.keptFor + Self.warning
    for queue in queues {
      list += [
        RedisCommand(.llen, keys.queue(queue)), RedisCommand(.hlen, keys.messages(queue)), RedisCommand(.llen, keys.delayed(queue)),
        RedisCommand(.zcard, keys.dead(queue)),
        RedisCommand(.zcount, keys.dead(queue), Array("-inf".utf8), Array("\(Int(soon * 1000))".utf8)),
        RedisCommand(.lindex, keys.queue(queue), Array("0".utf8)),
      ]
    }
    return list
  }

  func read(_ replies: [RedisValue]) throws(Failure) -> First {
    for case .error(let message) in replies.prefix(Self.head) { throw RedisFailure.of(message, doing: "reading \(source)") }
    guard let now = RedisReading.time(replies[0]) else { throw .garbage("a TIME reply of another shape") }
    let all = queues.indices.map { index -> (ready: Int?, stored: Int?, delayed: Int?, dead: Int?, expiring: Int?, next: [UInt8]?) in
      let at = Self.head + index * Self.perQueue
      return (
        replies[at].integer, replies[at + 1].integer, replies[at + 2].integer, replies[at + 3].integer, replies[at + 4].integer,
        replies[at + 5].bytes
      )
    }
    let beats = SortedSetWalk.entries(replies[1]).filter { now - $0.score / 1000 <= Self.shownFor }
    return First(now: now, queues: all, heartbeats: beats)
  }

  /// Every worker with every queue, the first of so many: they are never all made.
  private func pairs(_ first: First) -> some Sequence<(worker: Int, queue: Int)> {
    let queues = queues.count
    let count = min(first.heartbeats.count * queues, DramatiqConnector.acksLimit)
    return (0..<count).lazy.map { (worker: $0 / queues, queue: $0 % queues) }
  }

  /// Second half: the size of the next message of each queue is small as a rule; what is large is not fetched.
  func details(_ first: First) -> [RedisCommand] {
    let heads = queues.indices.compactMap { index in
      first.queues[index].next.map { RedisCommand(.hget, keys.messages(queues[index]), $0) }
    }
    return heads + pairs(first).map { RedisCommand(.scard, keys.acks(first.heartbeats[$0.worker].member, queues[$0.queue])) }
  }

  func fill(_ observation: inout Observation, _ first: First, _ details: [RedisValue]) {
    var at = 0
    var expiring = 0
    for (index, queue) in queues.enumerated() {
      let counts = first.queues[index]
      var oldest: OldestAge = counts.ready == 0 ? .none : .unknown
      if counts.next != nil {
        if let made = details[at].bytes.flatMap({ DramatiqMessage($0) })?.madeAt { oldest = .exact(max(0, first.now - made)) }
        at += 1
      }
      let running = counts.stored.flatMap { stored in counts.ready.map { max(0, stored - $0) } }
      expiring += counts.expiring ?? 0
      observation.queues.append(
        QueueState(
          id: ResourceID(source: source, kind: .queue, key: queue), name: SafeText(bytes: queue, limit: 200), ready: counts.ready,
          running: running, scheduled: counts.delayed, dead: counts.dead, oldest: oldest))
    }
    workers(&observation, first, Array(details.dropFirst(at)))
    if expiring > 0 {
      observation.notices.append(
        Notice(.warning, "\(Units.count(expiring, "dead message")) will be deleted by Dramatiq itself within a day (kept for 7 days)"))
    }
  }

  private func workers(_ observation: inout Observation, _ first: First, _ held: [RedisValue]) {
    var active: [Int: Int] = [:]
    var serves: [Int: [SafeText]] = [:]
    for (pair, count) in zip(pairs(first), held) {
      guard let count = count.integer, count > 0 else { continue }
      active[pair.worker, default: 0] += count
      serves[pair.worker, default: []].append(SafeText(bytes: queues[pair.queue], limit: 200))
    }
    observation.workers = first.heartbeats.enumerated().map { index, beat in
      let age = max(0, first.now - beat.score / 1000)
      let count = active[index] ?? 0
      var state = WorkerState(
        id: ResourceID(source: source, kind: .worker, key: beat.member), name: SafeText(bytes: beat.member, limit: 80),
        activity: age > 60 ? .lost : (count > 0 ? .busy : .unknown), queues: serves[index] ?? [])
      state.heartbeatAge = age
      state.active = count
      if age > 60 && count > 0 {
        state.note = "silent; Dramatiq gives its \(Units.count(count, "message")) back to the queue by itself"
      } else if count == 0 {
        state.note = "an idle worker or a producer: Dramatiq does not tell them apart"
      }
      return state
    }
  }
}
