import OpsModel

/// Which queues and workers there are.
struct RQNames: Sendable {
  var queues: [[UInt8]] = []
  var workers: [[UInt8]] = []
  var isWhole = true
  var readAt: Moment?

  static func read(_ client: RedisClient, at now: Moment) async throws(Failure) -> RQNames {
    let queues = try await RedisReading.members(of: RQKeys.queues, client)
    let workers = try await RedisReading.members(of: RQKeys.workers, client)
    var names = RQNames()
    names.queues = queues.members.compactMap { RQKeys.name($0, without: RQKeys.queuePrefix) }.sorted { $0.lexicographicallyPrecedes($1) }
    names.workers = workers.members.compactMap { RQKeys.name($0, without: RQKeys.workerPrefix) }.sorted { $0.lexicographicallyPrecedes($1) }
    names.isWhole = queues.isWhole && workers.isWhole
    names.readAt = now
    return names
  }
}
