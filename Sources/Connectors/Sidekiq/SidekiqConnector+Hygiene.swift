import OpsModel

extension SidekiqConnector: HygieneReader {
  /// Payloads tell whether a job is tried again and whether anything is left of it; Sidekiq knows no time limits.
  func hygiene() async throws(Failure) -> HygieneReport {
    let queues = try await RedisReading.members(of: keys.queues, client).members.prefix(RedisHygiene.queues)
    var samples: [TaskSample] = []
    for queue in queues {
      // One at a time: the size of a list's element can not be asked for.
      let replies = try await client.run(
        (1...RedisHygiene.window).map { RedisCommand(.lindex, keys.queue(queue), Array("-\($0)".utf8)) })
      for reply in replies {
        guard let bytes = reply.bytes, let payload = SidekiqPayload(bytes), let task = payload.task else { continue }
        var sample = TaskSample(queue: SafeText(bytes: queue, limit: 200), task: task)
        sample.size = payload.fields["args"]?.count
        let retry = payload.fields["retry"].map { String(decoding: $0, as: UTF8.self) }
        sample.vanishes = retry == "false" || payload.fields["dead"].map { String(decoding: $0, as: UTF8.self) } == "false"
        samples.append(sample)
      }
    }
    let findings = HygieneRules.tasks(samples, source: name) + (try await RedisHygiene.server(name, client))
    return HygieneReport(at: clock.now(), findings: findings, looked: RedisHygiene.words(samples))
  }
}
