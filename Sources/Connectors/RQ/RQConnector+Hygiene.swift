import OpsModel

extension RQConnector: HygieneReader {
  /// Jobs tell their time limit, tries left and how long results are kept; those that are done lately tell how long they took.
  func hygiene() async throws(Failure) -> HygieneReport {
    let names = try await RQNames.read(client, at: clock.now())
    let queues = Array(names.queues.prefix(RedisHygiene.queues))
    let last = RQKeys.bytes("\(RedisHygiene.window - 1)")
    let lists = try await client.run(
      queues.flatMap { queue in
        [
          RedisCommand(.lrange, RQKeys.queue(queue), RQKeys.bytes("0"), last),
          RedisCommand(.zrevrange, RQKeys.registry("finished", queue), RQKeys.bytes("0"), last),
        ]
      })
    var places: [(queue: SafeText, id: [UInt8], isDone: Bool)] = []
    for (index, queue) in queues.enumerated() {
      let name = SafeText(bytes: queue, limit: 200)
      places += (lists[index * 2].array ?? []).compactMap(\.bytes).map { (name, $0, false) }
      places += (lists[index * 2 + 1].array ?? []).compactMap(\.bytes).map { (name, $0, true) }
    }
    let samples = try await samples(places)
    let done = samples.filter { $0.took != nil }.count
    let findings = HygieneRules.tasks(samples, source: name) + (try await RedisHygiene.server(name, client))
    return HygieneReport(at: clock.now(), findings: findings, looked: RedisHygiene.words(samples, ", \(done) that are done"))
  }

  private func samples(_ places: [(queue: SafeText, id: [UInt8], isDone: Bool)]) async throws(Failure) -> [TaskSample] {
    let sizes = try await client.run(
      places.flatMap { place in
        ["data", "description"].map { RedisCommand(.hstrlen, RQKeys.job(place.id), RQKeys.bytes($0)) }
      })
    let replies = try await client.run(
      places.enumerated().map { index, place in
        let isSmall = (sizes[index * 2 + 1].integer ?? 0) <= RQWaiting.payloadLimit
        let fields = ["timeout", "result_ttl", "started_at", "ended_at", isSmall ? "description" : "no-such-field"]
        return RedisCommand(.hmget, list: [RQKeys.job(place.id)] + fields.map(RQKeys.bytes))
      })
    return places.enumerated().compactMap { index, place in
      sample(place.queue, replies[index].array ?? [], size: sizes[index * 2].integer, isDone: place.isDone)
    }
  }

  private func sample(_ queue: SafeText, _ fields: [RedisValue], size: Int?, isDone: Bool) -> TaskSample? {
    guard fields.count == 5, let task = RQCall(description: fields[4].bytes, data: nil).name else { return nil }
    var sample = TaskSample(queue: queue, task: task)
    if isDone {
      guard let began = fields[2].time, let ended = fields[3].time else { return nil }
      sample.took = max(0, ended - began)
    } else {
      sample.timeLimit = fields[0].number.map { $0 < 0 ? .infinity : $0 }
      sample.size = size
    }
    sample.resultKept = fields[1].number.map { $0 < 0 ? .infinity : $0 }
    return sample
  }
}
