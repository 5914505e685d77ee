/// Names of RQ's keys (RQ 2.x; see `rq.queue.Queue`, `rq.worker`, `rq.registry`).
enum RQKeys {
  static let queues = bytes("rq:queues")
  static let workers = bytes("rq:workers")
  static let suspended = bytes("rq:suspended")
  static let queuePrefix = bytes("rq:queue:")
  static let workerPrefix = bytes("rq:worker:")
  static let jobPrefix = bytes("rq:job:")

  /// The list of waiting job ids; index 0 is next.
  static func queue(_ name: [UInt8]) -> [UInt8] { queuePrefix + name }

  /// A registry: `wip`, `scheduled`, `deferred`, `failed`.
  static func registry(_ registry: String, _ queue: [UInt8]) -> [UInt8] { bytes("rq:\(registry):") + queue }

  static func job(_ id: [UInt8]) -> [UInt8] { jobPrefix + id }

  /// The stream of a job's results.
  static func results(_ id: [UInt8]) -> [UInt8] { bytes("rq:results:") + id }

  /// Ids of the jobs that wait for a job.
  static func dependents(_ id: [UInt8]) -> [UInt8] { job(id) + bytes(":dependents") }

  static func intermediate(_ queue: [UInt8]) -> [UInt8] { self.queue(queue) + bytes(":intermediate") }

  static func worker(_ name: [UInt8]) -> [UInt8] { workerPrefix + name }

  /// The name behind a prefix; members of `rq:queues` and `rq:workers` are whole keys.
  static func name(_ member: [UInt8], without prefix: [UInt8]) -> [UInt8]? {
    member.starts(with: prefix) ? Array(member.dropFirst(prefix.count)) : nil
  }

  static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
}
