import Gate
import OpsModel

/// Changes what Sidekiq keeps in Redis: moves dead jobs back, discards and restores them, recovers jobs of dead processes, signals processes.
actor SidekiqActuator: Actuator {
  let source: SafeText
  let keys: SidekiqKeys
  let client: RedisClient
  let clock: any OpsClock
  private let scripts: RedisScriptClient
  private let leases: RedisLeases
  private let members: SidekiqMembers

  init(source: SafeText, keys: SidekiqKeys, client: RedisClient, actor: String, clock: any OpsClock) {
    self.source = source
    self.keys = keys
    self.client = client
    self.clock = clock
    scripts = RedisScriptClient(client: client, clock: clock)
    leases = RedisLeases(source: source, actor: actor, scripts: scripts, clock: clock)
    members = SidekiqMembers(keys: keys, client: client)
  }

  func rehearse(_ operation: Operation) async throws(Failure) -> Rehearsal {
    try await SidekiqRehearsal(keys: keys, client: client, operation: operation).run()
  }

  func begin(_ operation: Operation, _ permit: Permit) async throws(Failure) {
    guard operation.verb.isForItems else { return }
    let scopes = operation.verb == .restore ? Array(Set(operation.records.map(\.target.scope))) : operation.targets.scopes
    try await leases.take(scopes, for: operation, permit)
  }

  func end(_ operation: Operation, _ permit: Permit) async { await leases.give(permit) }

  func perform(_ batch: Batch, _ permit: Permit) async throws(Failure) -> BatchReport {
    if !batch.operation.verb.isForItems { return try await signal(batch, permit) }
    var outcomes = BatchOutcomes(count: batch.targets.count)
    var places: [[UInt8]: [Int]] = [:]
    for (index, target) in batch.targets.enumerated() { places[target.scope, default: []].append(index) }
    for (scope, indices) in places.sorted(by: { $0.value[0] < $1.value[0] }) {
      var begun = indices
      do throws(Failure) {
        let lease = try await leases.lease(scope, permit)
        for call in try await calls(batch, scope, indices, lease) {
          for index in call.unusable { outcomes.set(index, SidekiqVerdicts.unusable.outcome, reason: SidekiqVerdicts.unusable.reason) }
          guard !call.indices.isEmpty else { continue }
          begun = call.indices
          let (reply, seconds) = try await call.script.run(scripts, keys: call.keys, call.arguments, permit)
          outcomes.held += seconds
          let codes = reply.array ?? []
          guard codes.count == call.indices.count else { throw .garbage("a reply of \(codes.count) codes for \(call.indices.count) jobs") }
          for (index, code) in zip(call.indices, codes) {
            let verdict = SidekiqVerdicts.verdict(code.integer, batch.operation.verb)
            outcomes.set(index, verdict.outcome, reason: verdict.outcome == .moved ? nil : verdict.reason)
          }
        }
      } catch {
        return try outcomes.broken(by: error, begun: begun)
      }
    }
    // What no script was asked for was not found.
    return outcomes.report { $0 == .absent ? SidekiqVerdicts.verdict(1, batch.operation.verb).reason : nil }
  }

  private struct Call {
    let script: RedisScript
    let keys: [[UInt8]]
    let arguments: [[UInt8]]
    let indices: [Int]
    /// Places of what can not be moved.
    var unusable: [Int] = []
  }

  private func calls(_ batch: Batch, _ scope: [UInt8], _ indices: [Int], _ lease: RedisLease?) async throws(Failure) -> [Call] {
    let token = lease?.token ?? []
    let last = lease.map { [$0.key] } ?? []
    switch batch.operation.verb {
    case .restore:
      let arguments = indices.flatMap { [SidekiqMembers.score(batch.targets[$0].position), batch.records[$0]["job"] ?? []] }
      return [Call(script: SidekiqScripts.restore, keys: [keys.set(scope)] + last, arguments: [token] + arguments, indices: indices)]
    case .recover: return try await recover(batch, scope, indices, token, last)
    default: break
    }
    let found = try await members.members(of: indices.map { batch.targets[$0] })
    let here = zip(indices, found).compactMap { index, member in member.map { (index, $0) } }
    if batch.operation.verb != .discard { return [try retry(batch, scope, here, token, last)] }
    let words = here.flatMap { [SidekiqMembers.score(batch.targets[$0].position), $1] }
    return [Call(script: SidekiqScripts.discard, keys: [keys.set(scope)] + last, arguments: [token] + words, indices: here.map(\.0))]
  }

  private func retry(
    _ batch: Batch, _ scope: [UInt8], _ found: [(index: Int, member: [UInt8])], _ token: [UInt8], _ last: [[UInt8]]
  ) throws(Failure) -> Call {
    let edited = batch.operation.verb == .retryEdited ? try batch.operation.editedCall() : nil
    var arguments = [token, keys.prefix]
    var here: [Int] = []
    var unusable: [Int] = []
    for (index, member) in found {
      // Nothing stands for the bytes as they are.
      let pushed = edited.map { JSONSplice.set(member, ["args"], to: $0.list) } ?? []
      guard let queue = SidekiqVerdicts.queue(of: member), let pushed else {
        unusable.append(index)
        continue
      }
      arguments += [SidekiqMembers.score(batch.targets[index].position), queue, member, pushed]
      here.append(index)
    }
    return Call(
      script: SidekiqScripts.retry, keys: [keys.set(scope), keys.queues] + last, arguments: arguments, indices: here, unusable: unusable)
  }

  /// The scope is the process.
  private func recover(
    _ batch: Batch, _ identity: [UInt8], _ indices: [Int], _ token: [UInt8], _ last: [[UInt8]]
  ) async throws(Failure) -> [Call] {
    var calls: [Call] = []
    for work in keys.work(identity) {
      let values = try await client.run(indices.map { RedisCommand(.hget, work, SidekiqOrphanKey.parts(batch.targets[$0].key).thread) })
      var arguments = [token, keys.prefix]
      var here: [Int] = []
      var unusable: [Int] = []
      for (index, value) in zip(indices, values) {
        guard let bytes = value.bytes, Version(of: bytes) == batch.targets[index].version else { continue }
        guard let job = SidekiqWork(bytes), job.payload != nil else {
          unusable.append(index)
          continue
        }
        let parts = SidekiqOrphanKey.parts(batch.targets[index].key)
        arguments += [parts.thread, bytes, parts.beat, job.queue, job.raw]
        here.append(index)
      }
      calls.append(
        Call(
          script: SidekiqScripts.recover, keys: [keys.process(identity), work, keys.queues] + last, arguments: arguments, indices: here,
          unusable: unusable))
    }
    return calls
  }

  /// `TSTP` makes a process quiet, `TERM` ends it when its jobs are done or their time is up.
  private func signal(_ batch: Batch, _ permit: Permit) async throws(Failure) -> BatchReport {
    let word = batch.operation.verb == .quiet ? "TSTP" : "TERM"
    var outcomes: [Outcome] = []
    for target in batch.targets {
      let exists = try await client.run([RedisCommand(.exists, keys.process(target.key))])[0].integer == 1
      guard exists else {
        outcomes.append(.absent)
        continue
      }
      let signals = keys.signals(target.key)
      let replies = try await client.run(
        [RedisMutation(.lpush, [signals, Array(word.utf8)]), RedisMutation(.expire, [signals, Array("60".utf8)])], permit)
      for case .error(let message) in replies { throw RedisFailure.of(message, doing: "LPUSH of a signal") }
      outcomes.append(.moved)
    }
    return BatchReport(outcomes: outcomes, reasons: [:], held: 0)
  }

  func verdicts(on targets: [Target], of verb: Verb) async throws(Failure) -> [Receipt] {
    let found = try await SidekiqVerdicts(keys: keys, client: client, verb: verb).read(targets).verdicts
    return zip(targets, found).map { Receipt(target: $0, outcome: $1.outcome, reason: $1.reason) }
  }

  func capture(_ targets: [Target]) async throws(Failure) -> [QuarantineRecord?] {
    zip(targets, try await members.members(of: targets)).map { target, member in
      member.map { QuarantineRecord(target: target, parts: [.init("job", $0)]) }
    }
  }

  /// Who is at which job stands in Redis with each heartbeat only: every 5 s, from 8 on every 10 s.
  nonisolated var settles: Double { 21 }

  /// By the job's id: Sidekiq tells of a job that ran well nothing at all.
  func fate(of targets: [Target]) async throws(Failure) -> Fate {
    try await SidekiqFate(keys: keys, client: client).fate(of: targets)
  }

  func close() async { await client.close() }
}
