import OpsModel

/// First half of a poll: counts of every queue, the record of every worker, the server's clock.
struct RQPoll {
  /// Fields of `rq:worker:<name>` that are read.
  static let workerFields = [
    "state", "last_heartbeat", "current_job", "queues", "hostname", "pid", "successful_job_count", "failed_job_count",
    "current_job_working_time",
  ]
  static let perQueue = 7
  /// Commands before those of the queues.
  static let head = 4

  struct Queue {
    let name: [UInt8]
    var ready: Int?
    var running: Int?
    var scheduled: Int?
    var deferred: Int?
    var dead: Int?
    /// The first few jobs. A job that was queued at the front or queued again must not hide how long the others wait.
    var next: [[UInt8]]
  }

  struct Worker {
    let name: [UInt8]
    let fields: [RedisValue]
    var job: [UInt8]? { fields[2].bytes.flatMap { $0.isEmpty ? nil : $0 } }
  }

  struct Result {
    let now: Double
    let queueCount: Int
    let workerCount: Int
    let isSuspended: Bool
    let queues: [Queue]
    let workers: [Worker]
  }

  let source: SafeText
  let names: RQNames
  /// Unix time of this host when the names were read. The server's is not known before the poll; a difference of a minute moves the
  /// count of dead letters by what expires in that minute.
  let now: Double

  var commands: [RedisCommand] {
    var list = [
      RedisCommand(.time), RedisCommand(.exists, RQKeys.suspended), RedisCommand(.scard, RQKeys.queues),
      RedisCommand(.scard, RQKeys.workers),
    ]
    let now = Array(String(Int(now)).utf8)
    for queue in names.queues {
      list.append(RedisCommand(.llen, RQKeys.queue(queue)))
      list.append(RedisCommand(.zcard, RQKeys.registry("wip", queue)))
      list.append(RedisCommand(.zcard, RQKeys.registry("scheduled", queue)))
      list.append(RedisCommand(.zcard, RQKeys.registry("deferred", queue)))
      list.append(RedisCommand(.zcard, RQKeys.registry("failed", queue)))
      // Scores are expiries: what has passed is no longer there for RQ, only not swept yet. -1 stands for no expiry.
      list.append(RedisCommand(.zcount, RQKeys.registry("failed", queue), Array("0".utf8), now))
      list.append(RedisCommand(.lrange, RQKeys.queue(queue), Array("0".utf8), Array("2".utf8)))
    }
    let fields = Self.workerFields.map { Array($0.utf8) }
    for worker in names.workers { list.append(RedisCommand(.hmget, list: [RQKeys.worker(worker)] + fields)) }
    return list
  }

  /// Nil where the server has no clock to tell.
  func read(_ replies: [RedisValue]) throws(Failure) -> Result? {
    for case .error(let message) in replies.prefix(Self.head) { throw RedisFailure.of(message, doing: "reading \(source)") }
    guard let now = RedisReading.time(replies[0]) else { return nil }
    var queues: [Queue] = []
    for (index, name) in names.queues.enumerated() {
      let at = Self.head + index * Self.perQueue
      let dead = replies[at + 4].integer.flatMap { all in replies[at + 5].integer.map { max(0, all - $0) } }
      queues.append(
        Queue(
          name: name, ready: replies[at].integer, running: replies[at + 1].integer, scheduled: replies[at + 2].integer,
          deferred: replies[at + 3].integer, dead: dead, next: (replies[at + 6].array ?? []).compactMap(\.bytes)))
    }
    let base = Self.head + names.queues.count * Self.perQueue
    let workers = names.workers.enumerated().map { index, name in
      let fields = replies[base + index].array ?? []
      return Worker(
        name: name, fields: fields.count == Self.workerFields.count ? fields : Array(repeating: .null, count: Self.workerFields.count))
    }
    return Result(
      now: now, queueCount: replies[2].integer ?? -1, workerCount: replies[3].integer ?? -1, isSuspended: replies[1].integer == 1,
      queues: queues, workers: workers)
  }
}
