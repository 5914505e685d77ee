import OpsModel

extension RQConnector: OrphanFinder {
  /// Seconds between the two looks at an intermediate list: a live worker takes milliseconds.
  static let secondLook = 1.5

  func orphans(limit: Int) async throws(Failure) -> [DeadLetter] {
    let names = try await RQNames.read(client, at: clock.now())
    var found: [DeadLetter] = []
    for queue in names.queues where found.count < limit { found += try await started(queue, limit - found.count) }
    return found + (try await stuck(names.queues, max(0, limit - found.count)))
  }

  /// Entries of the started registry whose worker has no record any more, or is at another job after its lease ended.
  private func started(_ queue: [UInt8], _ limit: Int) async throws(Failure) -> [DeadLetter] {
    let reply = try await client.run([
      RedisCommand(.time),
      RedisCommand(.zrange, RQKeys.registry("wip", queue), Array("0".utf8), Array("\(limit - 1)".utf8), Array("WITHSCORES".utf8)),
    ])
    for case .error(let message) in reply { throw RedisFailure.of(message, doing: "reading started jobs") }
    let now = RedisReading.time(reply[0]) ?? clock.now().unix
    let entries = SortedSetWalk.entries(reply[1]).map { (member: $0.member, score: $0.score, job: Self.job(of: $0.member)) }
    let fields = ["worker_name", "description", "started_at", "status", "created_at"].map { Array($0.utf8) }
    let jobs = try await client.run(entries.map { RedisCommand(.hmget, list: [RQKeys.job($0.job)] + fields) })
    let workers = jobs.map { $0.array?.first?.bytes ?? [] }
    let current = try await client.run(
      workers.map { RedisCommand(.hmget, RQKeys.worker($0), Array("current_job".utf8), Array("birth".utf8)) })
    var found: [DeadLetter] = []
    for (index, entry) in entries.enumerated() {
      let known = current[index].array ?? []
      let isThere = known.contains { $0.bytes != nil }
      let isAtIt = known.first?.bytes == entry.job
      let isExpired = entry.score < now
      if isAtIt || (isThere && !isExpired) { continue }
      let worker = SafeText(bytes: workers[index], limit: 120)
      let why: SafeText =
        workers[index].isEmpty
        ? "no worker is named" : (isThere ? "worker \(worker) is at other work and the lease has ended" : "worker \(worker) is gone")
      if workers[index].isEmpty && !isExpired { continue }
      found.append(orphan(.started, queue, entry, jobs[index].array ?? [], worker: workers[index], why))
    }
    return found
  }

  /// Members are `<job id>:<execution id>`.
  private static func job(of member: [UInt8]) -> [UInt8] {
    member.lastIndex(of: UInt8(ascii: ":")).map { Array(member[..<$0]) } ?? member
  }

  private func orphan(
    _ place: RQOrphanScope.Place, _ queue: [UInt8], _ entry: (member: [UInt8], score: Double, job: [UInt8]), _ fields: [RedisValue],
    worker: [UInt8], _ why: SafeText
  ) -> DeadLetter {
    let target = Target(
      scope: RQOrphanScope.scope(place, queue), key: RQOrphanKey.key(member: entry.member, job: entry.job, worker: worker),
      version: Version(score: entry.score), position: entry.score)
    var letter = DeadLetter(
      source: name, target: target, kind: .orphan, name: SafeText(bytes: entry.job, limit: 80), queue: SafeText(bytes: queue, limit: 200))
    letter.message = why
    letter.errorType = "orphan"
    guard fields.count == 5, fields.contains(where: { $0.bytes != nil }) else {
      letter.whyNot = "its record is gone"
      return letter
    }
    if let text = fields[1].bytes, text.count <= RQDeadPage.limit {
      let call = RQCall(description: text, data: nil)
      letter.task = call.name
      letter.arguments = call.arguments
    }
    letter.failedAt = fields[2].time
    letter.createdAt = fields[4].time
    return letter
  }

  /// Jobs that a worker took off its queue and never began: seen in the intermediate list twice, and neither started nor finished.
  private func stuck(_ queues: [[UInt8]], _ limit: Int) async throws(Failure) -> [DeadLetter] {
    let look = queues.map { RedisCommand(.lrange, RQKeys.intermediate($0), Array("0".utf8), Array("999".utf8)) }
    let first = try await client.run(look)
    guard first.contains(where: { !($0.array ?? []).isEmpty }) else { return [] }
    try? await Task.sleep(for: .seconds(Self.secondLook))
    let second = try await client.run(look)
    var found: [DeadLetter] = []
    let fields = ["worker_name", "description", "started_at", "status", "created_at"].map { Array($0.utf8) }
    for (index, queue) in queues.enumerated() {
      let before = Set((first[index].array ?? []).compactMap(\.bytes))
      let both = (second[index].array ?? []).compactMap(\.bytes).filter { before.contains($0) }.prefix(limit - found.count)
      let jobs = try await client.run(both.map { RedisCommand(.hmget, list: [RQKeys.job($0)] + fields) })
      for (id, job) in zip(both, jobs) {
        let values = job.array ?? []
        guard values.count == 5, values[3].plain == "queued" || values[3].plain == nil else { continue }
        let why: SafeText = "stuck between queue and worker for more than \(Units.duration(Self.secondLook))"
        found.append(orphan(.intermediate, queue, (id, 0, id), values, worker: [], why))
      }
    }
    return found
  }
}
