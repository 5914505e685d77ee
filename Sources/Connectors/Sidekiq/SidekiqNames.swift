import OpsModel

/// Which queues and processes there are.
struct SidekiqNames: Sendable {
  /// Names are read again this often even if their number did not change.
  static let again = 10.0

  var queues: [[UInt8]] = []
  var processes: [[UInt8]] = []
  var isWhole = true
  var readAt: Moment?
  /// Processes without a record, of those that were read: Sidekiq lets them lie until another process tidies up.
  var silent = 0

  static func read(_ keys: SidekiqKeys, _ client: RedisClient, at now: Moment) async throws(Failure) -> SidekiqNames {
    let queues = try await RedisReading.members(of: keys.queues, client)
    let processes = try await RedisReading.members(of: keys.processes, client)
    var names = SidekiqNames()
    names.queues = queues.members.sorted { $0.lexicographicallyPrecedes($1) }
    names.processes = processes.members
    names.isWhole = queues.isWhole && processes.isWhole
    names.readAt = now
    return names
  }

  func isDue(at now: Moment) -> Bool { readAt.map { now.age(since: $0) >= Self.again } ?? true }

  /// Whether a poll shows other queues or processes than these: another number, or one more process whose record is gone.
  func differ(from result: SidekiqPoll.Result) -> Bool {
    guard isWhole else { return false }
    return result.queueCount != queues.count || result.processCount != processes.count || result.silent > silent
  }
}
