import OpsModel

/// Second half of a poll: when the next job of each queue was queued, and what busy workers work on.
struct RQDetails {
  /// Seconds that clocks of two machines may differ by.
  private static let clockError = 5.0

  let source: SafeText
  let first: RQPoll.Result
  private let heads: [(queue: Int, job: [UInt8])]
  private let busy: [Int]

  init(source: SafeText, first: RQPoll.Result) {
    self.source = source
    self.first = first
    heads = first.queues.indices.flatMap { index in first.queues[index].next.map { (index, $0) } }
    busy = first.workers.indices.filter { first.workers[$0].job != nil }
  }

  var commands: [RedisCommand] {
    let times = ["enqueued_at", "created_at"].map { Array($0.utf8) }
    return heads.map { RedisCommand(.hmget, list: [RQKeys.job($0.job)] + times) }
      + busy.map { RedisCommand(.hget, RQKeys.job(first.workers[$0].job ?? []), Array("started_at".utf8)) }
  }

  func fill(_ observation: inout Observation, _ replies: [RedisValue], _ descriptions: [[UInt8]: SafeText]) {
    var ages: [Int: OldestAge] = [:]
    for (position, head) in heads.enumerated() {
      let known = ages[head.queue]?.seconds ?? -1
      let here = age(replies[position])
      if (here.seconds ?? -1) >= known { ages[head.queue] = here }
    }
    var starts: [Int: RedisValue] = [:]
    for (position, index) in busy.enumerated() { starts[index] = replies[heads.count + position] }
    observation.workers = first.workers.enumerated().map { index, found in
      worker(found, started: starts[index], task: found.job.flatMap { descriptions[$0] })
    }
    var served: [SafeText: Int] = [:]
    // By place: a loop over the workers would copy each of thousands.
    let workers = observation.workers
    for place in workers.indices where workers[place].activity != .lost {
      for queue in workers[place].queues { served[queue, default: 0] += 1 }
    }
    observation.queues = first.queues.enumerated().map { index, queue in
      let name = SafeText(bytes: queue.name, limit: 200)
      return QueueState(
        id: ResourceID(source: source, kind: .queue, key: queue.name), name: name, ready: queue.ready, running: queue.running,
        scheduled: queue.scheduled, deferred: queue.deferred, dead: queue.dead,
        oldest: queue.next.isEmpty ? .none : ages[index] ?? .unknown,
        workers: served[name] ?? 0, paused: first.isSuspended)
    }
    if first.isSuspended {
      observation.notices.append(Notice(.warning, "RQ is suspended (rq:suspended): no worker takes a new job"))
    }
  }

  /// `enqueued_at`, or `created_at` where a job was never stamped. The job may be gone by now: then nobody knows.
  private func age(_ reply: RedisValue) -> OldestAge {
    guard let fields = reply.array, fields.count == 2 else { return .unknown }
    for field in fields {
      if let text = field.plain, let time = Calendar.parse(text) { return .exact(max(0, first.now - time)) }
    }
    return .unknown
  }

  private func worker(_ worker: RQPoll.Worker, started: RedisValue?, task: SafeText?) -> WorkerState {
    let id = ResourceID(source: source, kind: .worker, key: worker.name)
    let fields = worker.fields
    let queues = (fields[3].bytes ?? []).split(separator: UInt8(ascii: ",")).map { SafeText(bytes: $0, limit: 200) }
    var state = WorkerState(id: id, name: SafeText(bytes: worker.name, limit: 200), activity: activity(fields[0].plain), queues: queues)
    guard fields.contains(where: { $0.bytes != nil }) else {
      state.note = "registered, but its record has expired: the worker stopped without a word"
      return state
    }
    state.host = fields[4].bytes.map { SafeText(bytes: $0, limit: 80) }
    state.pid = fields[5].integer
    state.processed = (fields[6].integer ?? 0) + (fields[7].integer ?? 0)
    state.failed = fields[7].integer ?? 0
    state.active = worker.job == nil ? 0 : 1
    if let text = fields[1].plain, let beat = Calendar.parse(text) {
      // A clock that runs ahead would keep a dead worker alive: then the age is not known.
      if beat - first.now > Self.clockError {
        state.note = "its clock is ahead by \(Units.age(beat - first.now)): since when it is silent is not known"
      } else {
        state.heartbeatAge = max(0, first.now - beat)
      }
    }
    if let job = worker.job {
      state.currentTask = task ?? SafeText(bytes: job, limit: 80)
      state.currentID = job
      state.onTask = onTask(started, fields[8])
    }
    return state
  }

  private func onTask(_ started: RedisValue?, _ worked: RedisValue) -> Double? {
    if let text = started?.plain, let started = Calendar.parse(text) { return max(0, first.now - started) }
    return worked.number
  }

  private func activity(_ state: String?) -> WorkerState.Activity {
    switch state {
    case "busy": .busy
    case "idle": .idle
    case "suspended": .suspended
    case "started", "starting", "starting_up": .starting
    case nil: .lost
    default: .unknown
    }
  }
}
