import OpsModel

extension CeleryConnector: HygieneReader {
  /// Results that are looked at, and steps of the scan that finds them.
  private static let resultLimit = 40
  private static let scanSteps = 4

  /// Messages tell their own time limits only: those of the worker's configuration are not known here, and a message without one is
  /// told as what it is. Retries are counted by the task itself.
  func hygiene() async throws(Failure) -> HygieneReport {
    let queues = try await observe().queues.prefix(RedisHygiene.queues)
    var samples: [TaskSample] = []
    var unlimited: [SafeText: Int] = [:]
    for queue in queues {
      for list in keys.lists(queue.id.key).prefix(4) {
        let replies = try await client.run((1...5).map { RedisCommand(.lindex, list, Array("-\($0)".utf8)) })
        for bytes in replies.compactMap(\.bytes) {
          guard let sample = Self.sample(queue.name, bytes) else { continue }
          if sample.timeLimit == nil { unlimited[sample.task, default: 0] += 1 }
          samples.append(sample)
        }
      }
    }
    var findings = HygieneRules.tasks(samples, source: name) + (try await RedisHygiene.server(name, client))
    findings += unlimited.sorted { $0.key < $1.key }.map { task, count in
      HygieneFinding(
        "no-time-limit", source: name, subject: task, severity: .ok,
        seen: "\(Units.count(count, "message")) without a time limit of its own",
        why: "unless task_time_limit is set on the workers, one call that never returns holds a process for ever")
    }
    let kept = try await results()
    findings += kept.findings
    return HygieneReport(at: clock.now(), findings: findings, looked: RedisHygiene.words(samples, ", \(kept.count) results"))
  }

  private static func sample(_ queue: SafeText, _ bytes: [UInt8]) -> TaskSample? {
    guard let message = CeleryMessage(bytes), let task = message.task else { return nil }
    var sample = TaskSample(queue: queue, task: task)
    sample.size = JSONScan.member(bytes, "body")?.count
    let headers = JSONScan.member(bytes, "headers").flatMap { JSONScan.object($0) }
    let limits = headers?["timelimit"].flatMap { JSONScan.array($0) } ?? []
    sample.timeLimit = limits.compactMap { JSONScan.number($0) }.min()
    return sample
  }

  /// Results without an end: whoever turns `result_expires` off keeps them for ever.
  private func results() async throws(Failure) -> (findings: [HygieneFinding], count: Int) {
    var found: [[UInt8]] = []
    var cursor = Array("0".utf8)
    for _ in 0..<Self.scanSteps where found.count < Self.resultLimit {
      let reply = try await results.run([
        RedisCommand(.scan, cursor, Array("MATCH".utf8), keys.resultPattern, Array("COUNT".utf8), Array("500".utf8))
      ])
      guard let parts = reply[0].array, parts.count == 2, let next = parts[0].bytes else { break }
      found += (parts[1].array ?? []).compactMap(\.bytes)
      cursor = next
      if cursor == Array("0".utf8) { break }
    }
    let some = Array(found.prefix(Self.resultLimit))
    let ends = try await results.run(some.map { RedisCommand(.ttl, $0) })
    let eternal = ends.filter { $0.integer == -1 }.count
    guard eternal > 0 else { return ([], some.count) }
    let finding = HygieneFinding(
      "results-for-ever", source: name, subject: "results", seen: "\(eternal) of \(some.count) results that were looked at never expire",
      why: "the result store grows until its memory is full: set result_expires")
    return ([finding], some.count)
  }
}
