import Gate
import OpsModel

/// What RQ offers to halt: all workers (`rq:suspended`), one job (`stop-job`), one worker (`shutdown`).
struct RQControl {
  let client: RedisClient
  let clock: any OpsClock

  func perform(_ batch: Batch, _ permit: Permit) async throws(Failure) -> BatchReport {
    let began = clock.now()
    var outcomes: [Outcome] = []
    var reasons: [Int: SafeText] = [:]
    for (index, target) in batch.targets.enumerated() {
      let (outcome, reason) = try await one(batch.operation, target, permit)
      outcomes.append(outcome)
      if let reason { reasons[index] = reason }
    }
    return BatchReport(outcomes: outcomes, reasons: reasons, held: clock.now().age(since: began))
  }

  private func one(_ operation: Operation, _ target: Target, _ permit: Permit) async throws(Failure) -> (Outcome, SafeText?) {
    switch operation.verb {
    case .suspend: return try await send(RedisMutation(.set, [RQKeys.suspended, Array("1".utf8)]), permit)
    case .resume: return try await send(RedisMutation(.delete, [RQKeys.suspended]), permit)
    case .stopJob: return try await stopJob(target, permit)
    case .shutdown: return try await tell(target.key, [("command", "shutdown")], permit)
    default: return (.failed, "RQ does not offer this")
    }
  }

  private func send(_ mutation: RedisMutation, _ permit: Permit) async throws(Failure) -> (Outcome, SafeText?) {
    let reply = try await client.run([mutation], permit)[0]
    if case .error(let message) = reply { throw RedisFailure.of(message, doing: SafeText(escaping: mutation.verb.rawValue)) }
    return (.moved, nil)
  }

  /// The key of the target is the worker; it must still be at the job that was seen.
  private func stopJob(_ target: Target, _ permit: Permit) async throws(Failure) -> (Outcome, SafeText?) {
    let job = try await client.run([RedisCommand(.hget, RQKeys.worker(target.key), Array("current_job".utf8))])[0].bytes
    guard let job, !job.isEmpty else { return (.absent, "the worker is at no job any more") }
    guard Version(of: job) == target.version else { return (.changed, "the worker is at another job by now") }
    return try await tell(target.key, [("command", "stop-job"), ("job_id", SafeText(bytes: job, limit: 200))], permit)
  }

  /// The reply of `PUBLISH` is the number of listeners: none means that nobody heard it.
  private func tell(_ worker: [UInt8], _ words: [(StaticString, SafeText)], _ permit: Permit) async throws(Failure) -> (Outcome, SafeText?)
  {
    let message = JSONText.object(words.map { ($0.0, .text($0.1)) }).compact()
    let reply = try await client.run(
      [RedisMutation(.publish, [RQKeys.bytes("rq:pubsub:") + worker, Array(message.utf8)])], permit)[0]
    if case .error(let message) = reply { throw RedisFailure.of(message, doing: "PUBLISH") }
    guard let heard = reply.integer, heard > 0 else { return (.absent, "no worker of this name listens") }
    return (.moved, "the worker was told; it decides")
  }
}
