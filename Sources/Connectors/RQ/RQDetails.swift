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

  var commands: RedisPipeline {
    let times = ["enqueued_at", "created_at"].map { Array($0.utf8) }
    let started = [Array("started_at".utf8)]
    var writer = RedisPipelineWriter()
    for head in heads { writer.add(.hmget, RQKeys.jobPrefix, head.job, times) }
    for index in busy { writer.add(.hget, RQKeys.jobPrefix, first.workers[index].job ?? [], started) }
    return writer.pipeline
  }

  func fill(_ observation: inout Observation, _ replies: [RedisValue], _ descriptions: [[UInt8]: SafeText], _ known: inout RQKnown) {
    var ages: [OldestAge] = Array(repeating: .unknown, count: first.queues.count)
    for (position, head) in heads.enumerated() {
      let here = age(replies[position])
      if (here.seconds ?? -1) >= ages[head.queue].seconds ?? -1 { ages[head.queue] = here }
    }
    var starts: [RedisValue?] = Array(repeating: nil, count: first.workers.count)
    for (position, index) in busy.enumerated() { starts[index] = replies[heads.count + position] }
    observation.workers.reserveCapacity(first.workers.count)
    for index in first.workers.indices {
      let task = first.workers[index].job.flatMap { descriptions[$0] }
      observation.workers.append(worker(index, known.worker(index, first.workers[index], of: source), started: starts[index], task: task))
    }
    var served: [SafeText: Int] = [:]
    // By place: a loop over the workers would copy each of thousands.
    let workers = observation.workers
    for place in workers.indices where workers[place].activity != .lost {
      for queue in workers[place].queues { served[queue, default: 0] += 1 }
    }
    observation.queues.reserveCapacity(first.queues.count)
    for index in first.queues.indices {
      let queue = first.queues[index]
      let facts = known.queue(index, queue.name, of: source)
      observation.queues.append(
        QueueState(
          id: facts.id, name: facts.name, ready: queue.ready, running: queue.running, scheduled: queue.scheduled,
          deferred: queue.deferred, dead: queue.dead, oldest: queue.next.isEmpty ? .none : ages[index],
          workers: served[facts.name] ?? 0, paused: first.isSuspended))
    }
    if first.isSuspended {
      observation.notices.append(Notice(.warning, "RQ is suspended (rq:suspended): no worker takes a new job"))
    }
  }

  /// `enqueued_at`, or `created_at` where a job was never stamped. The job may be gone by now: then nobody knows.
  private func age(_ reply: RedisValue) -> OldestAge {
    guard let fields = reply.array, fields.count == 2 else { return .unknown }
    for field in fields {
      if let time = field.time { return .exact(max(0, first.now - time)) }
    }
    return .unknown
  }

  private func worker(_ index: Int, _ facts: RQKnown.Worker, started: RedisValue?, task: SafeText?) -> WorkerState {
    let fields = first.workers[index].fields
    let job = first.workers[index].job
    var state = WorkerState(id: facts.id, name: facts.name, activity: activity(fields[0].plain), queues: facts.queues)
    guard fields.contains(where: { $0.bytes != nil }) else {
      state.note = "registered, but its record has expired: the worker stopped without a word"
      return state
    }
    state.host = facts.host
    state.pid = fields[5].integer
    state.processed = (fields[6].integer ?? 0) + (fields[7].integer ?? 0)
    state.failed = fields[7].integer ?? 0
    state.active = job == nil ? 0 : 1
    if let beat = fields[1].time {
      // A clock that runs ahead would keep a dead worker alive: then the age is not known.
      if beat - first.now > Self.clockError {
        state.note = "its clock is ahead by \(Units.age(beat - first.now)): since when it is silent is not known"
      } else {
        state.heartbeatAge = max(0, first.now - beat)
      }
    }
    if let job {
      state.currentTask = task ?? SafeText(bytes: job, limit: 80)
      state.currentID = job
      state.onTask = onTask(started, fields[8])
    }
    return state
  }

  private func onTask(_ started: RedisValue?, _ worked: RedisValue) -> Double? {
    if let started = started?.time { return max(0, first.now - started) }
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
