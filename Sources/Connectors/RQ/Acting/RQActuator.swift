import Gate
import OpsModel

/// Changes what RQ keeps in Redis: moves failed jobs back, discards and restores them, recovers orphans, halts workers.
actor RQActuator: Actuator {
  let source: SafeText
  let client: RedisClient
  let scripts: RedisScriptClient
  let clock: any OpsClock
  private let leases: RedisLeases

  init(source: SafeText, client: RedisClient, actor: String, clock: any OpsClock) {
    self.source = source
    self.client = client
    self.clock = clock
    scripts = RedisScriptClient(client: client, clock: clock)
    leases = RedisLeases(source: source, actor: actor, scripts: scripts, clock: clock)
  }

  func rehearse(_ operation: Operation) async throws(Failure) -> Rehearsal {
    try await RQRehearsal(client: client, clock: clock, operation: operation).run()
  }

  func begin(_ operation: Operation, _ permit: Permit) async throws(Failure) {
    if operation.verb.isForItems { try await leases.take(Self.queues(of: operation), for: operation, permit) }
  }

  func end(_ operation: Operation, _ permit: Permit) async { await leases.give(permit) }

  static func queues(of operation: Operation) -> [[UInt8]] {
    let scopes = operation.verb == .restore ? Array(Set(operation.records.map(\.target.scope))) : operation.targets.scopes
    return Array(Set(scopes.map { RQOrphanScope($0).queue }))
  }

  func perform(_ batch: Batch, _ permit: Permit) async throws(Failure) -> BatchReport {
    if !batch.operation.verb.isForItems { return try await RQControl(client: client, clock: clock).perform(batch, permit) }
    var outcomes = BatchOutcomes(count: batch.targets.count)
    // A batch may reach over several queues: one script call for each.
    var places: [[UInt8]: [Int]] = [:]
    for (index, target) in batch.targets.enumerated() { places[target.scope, default: []].append(index) }
    for (scope, indices) in places.sorted(by: { $0.value[0] < $1.value[0] }) {
      var begun = indices
      do throws(Failure) {
        let lease = try await leases.lease(RQOrphanScope(scope).queue, permit)
        let calls = RQCalls(batch: batch, scope: scope, indices: indices, lease: lease, now: clock.now().unix)
        for call in calls.list {
          begun = call.indices
          let (reply, seconds) = try await call.script.run(scripts, keys: call.keys, call.arguments, permit)
          outcomes.held += seconds
          let codes = reply.array ?? []
          guard codes.count == call.indices.count else { throw .garbage("a reply of \(codes.count) codes for \(call.indices.count) jobs") }
          for (index, code) in zip(call.indices, codes) {
            let verdict = RQVerdict.verdict(code.integer, batch.operation.verb)
            outcomes.set(index, verdict.outcome, reason: verdict.outcome == .moved ? nil : verdict.reason)
          }
        }
      } catch {
        return try outcomes.broken(by: error, begun: begun)
      }
    }
    return outcomes.report(otherwise: .unknown)
  }

  func capture(_ targets: [Target]) async throws(Failure) -> [QuarantineRecord?] {
    try await RQCapture(client: client).records(of: targets)
  }

  func verdicts(on targets: [Target], of verb: Verb) async throws(Failure) -> [Receipt] {
    let found = try await RQVerdictReader(client: client, verb: verb).verdicts(targets).map { $0.verdict(verb) }
    return zip(targets, found).map { Receipt(target: $0, outcome: $1.outcome, reason: $1.reason) }
  }

  func fate(of targets: [Target]) async throws(Failure) -> Fate {
    let scores = try await client.run(
      targets.map { RedisCommand(.zscore, RQKeys.registry("failed", RQOrphanScope($0.scope).queue), $0.key) })
    let states = try await client.run(targets.map { RedisCommand(.hget, RQKeys.job($0.key), Array("status".utf8)) })
    var fate = Fate()
    for (score, state) in zip(scores, states) {
      switch state.plain {
      case _ where score.bytes != nil: fate.deadAgain += 1
      case "queued", "scheduled", "deferred": fate.waiting += 1
      case "started": fate.running += 1
      case "finished": fate.done += 1
      default: fate.unknown += 1
      }
    }
    return fate
  }

  func close() async { await client.close() }
}
