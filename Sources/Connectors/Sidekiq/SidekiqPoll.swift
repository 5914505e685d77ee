import OpsModel

/// One poll of Sidekiq in one pipeline.
struct SidekiqPoll {
  struct Result {
    let now: Double
    let dead: Int?
    let retries: Int?
    let scheduled: Int?
    let queueCount: Int
    let processCount: Int
    let ready: [Int?]
    let heads: [(size: Int, enqueued: Double?)]
    let processes: [(fields: [RedisValue], work: [(thread: [UInt8], value: [UInt8])])]

    /// Processes without a record.
    var silent: Int { processes.filter { $0.fields.allSatisfy { $0.bytes == nil } }.count }
  }

  static let head = 6
  static let processFields = ["info", "busy", "beat", "quiet"]

  let source: SafeText
  let keys: SidekiqKeys
  let queues: [[UInt8]]
  /// Queues whose next payload is read.
  let heads: [[UInt8]]
  let processes: [[UInt8]]

  var commands: [RedisCommand] {
    var list = [
      RedisCommand(.time), RedisCommand(.zcard, keys.dead), RedisCommand(.zcard, keys.retry), RedisCommand(.zcard, keys.schedule),
      RedisCommand(.scard, keys.queues), RedisCommand(.scard, keys.processes),
    ]
    list += queues.map { RedisCommand(.llen, keys.queue($0)) }
    list += heads.map { RedisCommand(.lindex, keys.queue($0), Array("-1".utf8)) }
    for identity in processes {
      list.append(RedisCommand(.hmget, list: [keys.process(identity)] + Self.processFields.map { Array($0.utf8) }))
      list += keys.work(identity).map { RedisCommand(.hgetall, $0) }
    }
    return list
  }

  func read(_ replies: [RedisValue]) throws(Failure) -> Result {
    for case .error(let message) in replies.prefix(Self.head) { throw RedisFailure.of(message, doing: "reading \(source)") }
    guard let now = RedisReading.time(replies[0]) else { throw .garbage("a TIME reply of another shape") }
    var at = Self.head
    let ready = queues.indices.map { replies[at + $0].integer }
    at += queues.count
    let found = heads.indices.map { index -> (size: Int, enqueued: Double?) in
      let payload = replies[at + index].bytes
      return (payload?.count ?? 0, payload.flatMap { SidekiqPayload($0) }?.time("enqueued_at"))
    }
    at += heads.count
    let all = processes.indices.map { index -> (fields: [RedisValue], work: [(thread: [UInt8], value: [UInt8])]) in
      let base = at + index * 3
      let work = [replies[base + 1], replies[base + 2]].flatMap { Self.pairs($0) }
      return (replies[base].array ?? [], work)
    }
    return Result(
      now: now, dead: replies[1].integer, retries: replies[2].integer, scheduled: replies[3].integer,
      queueCount: replies[4].integer ?? -1, processCount: replies[5].integer ?? -1, ready: ready, heads: found, processes: all)
  }

  static func pairs(_ reply: RedisValue) -> [(thread: [UInt8], value: [UInt8])] {
    let values = reply.array ?? []
    return stride(from: 0, to: values.count - 1, by: 2).compactMap { at in
      guard let name = values[at].bytes, let value = values[at + 1].bytes else { return nil }
      return (name, value)
    }
  }

  /// - Parameter workers: those of this result.
  func queues(_ result: Result, _ workers: [WorkerState], enqueued: [[UInt8]: Double?]) -> [QueueState] {
    var serving: [SafeText: Int] = [:]
    // A process names a queue once for each unit of its weight.
    for worker in workers where worker.activity != .lost { for name in Set(worker.queues) { serving[name, default: 0] += 1 } }
    let running = running(result)
    return queues.enumerated().map { index, queue in
      let name = SafeText(bytes: queue, limit: 200)
      let ready = result.ready[index]
      let oldest: OldestAge =
        ready == 0 ? .none : ((enqueued[queue] ?? nil).map { .exact(max(0, result.now - $0)) } ?? .unknown)
      return QueueState(
        id: ResourceID(source: source, kind: .queue, key: queue), name: name, ready: ready, running: running[queue] ?? 0,
        oldest: oldest, workers: serving[name] ?? 0)
    }
  }

  /// Jobs in work, by queue.
  private func running(_ result: Result) -> [[UInt8]: Int] {
    var counts: [[UInt8]: Int] = [:]
    for process in result.processes {
      for work in process.work {
        if let queue = JSONScan.object(work.value).flatMap({ JSONScan.string($0["queue"]) }) { counts[queue, default: 0] += 1 }
      }
    }
    return counts
  }

  /// Seconds after which a process that no longer beats is taken for dead: three beats of version 8.
  static let deadAfter = 30.0

  func workers(_ result: Result) -> [WorkerState] {
    processes.enumerated().map { index, identity in worker(identity, result.processes[index], result.now) }
  }

  private func worker(
    _ identity: [UInt8], _ process: (fields: [RedisValue], work: [(thread: [UInt8], value: [UInt8])]), _ now: Double
  ) -> WorkerState {
    let info = process.fields.first?.bytes.flatMap { JSONScan.object($0) } ?? [:]
    let beat = process.fields.count > 2 ? process.fields[2].number : nil
    let age = beat.map { max(0, now - $0) }
    let busy = process.fields.count > 1 ? process.fields[1].integer : nil
    let isQuiet = process.fields.count > 3 && process.fields[3].plain == "true"
    var activity: WorkerState.Activity = (busy ?? 0) > 0 ? .busy : .idle
    if isQuiet { activity = .suspended }
    if age == nil || (age ?? 0) > Self.deadAfter { activity = .lost }
    let queues = info["queues"].flatMap { JSONScan.array($0) } ?? []
    var state = WorkerState(
      id: ResourceID(source: source, kind: .worker, key: identity), name: SafeText(bytes: identity, limit: 200), activity: activity,
      queues: queues.compactMap { JSONScan.string($0) }.map { SafeText(bytes: $0, limit: 200) })
    state.host = JSONScan.string(info["hostname"]).map { SafeText(bytes: $0, limit: 80) }
    state.pid = JSONScan.number(info["pid"]).map { Int(max(0, min($0, 1e9))) }
    state.active = busy
    state.heartbeatAge = age
    let jobs = process.work.compactMap { SidekiqWork($0.value) }
    if let longest = jobs.min(by: { ($0.runAt ?? now) < ($1.runAt ?? now) }) {
      let more: SafeText = jobs.count > 1 ? " and \(jobs.count - 1) more" : ""
      state.currentTask = (longest.payload?.task ?? "?") + more
      state.onTask = longest.runAt.map { max(0, now - $0) }
    }
    if activity == .lost {
      state.note =
        jobs.isEmpty ? "no heartbeat; its jobs, if it had any, are lost" : "no heartbeat; \(jobs.count) jobs can still be recovered, see 3"
    } else if isQuiet {
      state.note = "quiet: it takes no new jobs"
    }
    return state
  }
}

/// What a thread of a process works on: `{queue, payload, run_at}`; the payload is a JSON string in it.
struct SidekiqWork {
  let queue: [UInt8]
  /// The job's bytes as they stood in the queue.
  let raw: [UInt8]
  let payload: SidekiqPayload?
  let runAt: Double?

  init?(_ bytes: [UInt8]) {
    guard let fields = JSONScan.object(bytes), let queue = JSONScan.string(fields["queue"]) else { return nil }
    self.queue = queue
    // Up to 5 it was an object.
    raw = JSONScan.string(fields["payload"]) ?? fields["payload"].map { Array($0) } ?? []
    payload = SidekiqPayload(raw)
    let at = JSONScan.number(fields["run_at"])
    runAt = at.map { $0 > 1e11 ? $0 / 1000 : $0 }
  }
}
