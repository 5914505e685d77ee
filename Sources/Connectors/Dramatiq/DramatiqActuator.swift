import Gate
import OpsModel

/// Changes what Dramatiq keeps in Redis: moves dead messages back, discards and restores them.
actor DramatiqActuator: Actuator {
  static let examined = 1_000

  let source: SafeText
  let keys: DramatiqKeys
  let client: RedisClient
  private let scripts: RedisScriptClient
  private let leases: RedisLeases

  init(source: SafeText, keys: DramatiqKeys, client: RedisClient, actor: String, clock: any OpsClock) {
    self.source = source
    self.keys = keys
    self.client = client
    scripts = RedisScriptClient(client: client, clock: clock)
    leases = RedisLeases(source: source, actor: actor, scripts: scripts, clock: clock)
  }

  private func scopes(_ operation: Operation) -> [[UInt8]] {
    operation.verb == .restore ? Array(Set(operation.records.map(\.target.scope))) : operation.targets.scopes
  }

  func begin(_ operation: Operation, _ permit: Permit) async throws(Failure) {
    try await leases.take(scopes(operation), for: operation, permit)
  }

  func end(_ operation: Operation, _ permit: Permit) async { await leases.give(permit) }

  func perform(_ batch: Batch, _ permit: Permit) async throws(Failure) -> BatchReport {
    var outcomes = BatchOutcomes(count: batch.targets.count)
    var places: [[UInt8]: [Int]] = [:]
    for (index, target) in batch.targets.enumerated() { places[target.scope, default: []].append(index) }
    for (scope, indices) in places.sorted(by: { $0.value[0] < $1.value[0] }) {
      do throws(Failure) {
        let lease = try await leases.lease(scope, permit)
        let (script, arguments) = try await call(batch, scope, indices)
        let sets = [keys.dead(scope), keys.deadMessages(scope), keys.queue(scope), keys.messages(scope)] + (lease.map { [$0.key] } ?? [])
        let (reply, seconds) = try await script.run(scripts, keys: sets, [lease?.token ?? []] + arguments, permit)
        outcomes.held += seconds
        let codes = reply.array ?? []
        guard codes.count == indices.count else { throw .garbage("a reply of \(codes.count) codes for \(indices.count) messages") }
        for (index, code) in zip(indices, codes) {
          let verdict = DramatiqVerdicts.verdict(code.integer)
          outcomes.set(index, verdict.outcome, reason: verdict.outcome == .moved ? nil : verdict.reason)
        }
      } catch {
        return try outcomes.broken(by: error, begun: indices)
      }
    }
    return outcomes.report(otherwise: .unknown)
  }

  private func call(_ batch: Batch, _ scope: [UInt8], _ indices: [Int]) async throws(Failure) -> (RedisScript, [[UInt8]]) {
    func score(_ index: Int) -> [UInt8] { Array(String(batch.targets[index].version.score).utf8) }
    switch batch.operation.verb {
    case .retry: return (DramatiqScripts.retry, indices.flatMap { [batch.targets[$0].key, score($0), [], []] })
    case .retryEdited:
      let call = try batch.operation.editedCall()
      let values = try await client.run(indices.map { RedisCommand(.hget, keys.deadMessages(scope), batch.targets[$0].key) })
      var arguments: [[UInt8]] = []
      for (index, value) in zip(indices, values) {
        guard let stored = value.bytes, let edited = Self.edited(stored, call) else {
          throw .declined(.messageIsNoJSON)
        }
        arguments += [batch.targets[index].key, score(index), stored, edited]
      }
      return (DramatiqScripts.retry, arguments)
    case .restore:
      return (DramatiqScripts.restore, indices.flatMap { [batch.targets[$0].key, score($0), batch.records[$0]["message"] ?? []] })
    case .discard:
      // The bytes that were captured are compared, so that what was not written to the file is not deleted.
      let values = try await client.run(indices.map { RedisCommand(.hget, keys.deadMessages(scope), batch.targets[$0].key) })
      return (DramatiqScripts.discard, zip(indices, values).flatMap { [batch.targets[$0].key, score($0), $1.bytes ?? []] })
    default: throw .declined(.notOffered(batch.operation.verb.rawValue, by: "Dramatiq"))
    }
  }

  static func edited(_ message: [UInt8], _ call: EditedCall) -> [UInt8]? {
    let first = JSONSplice.set(message, ["args"], to: call.list)
    return first.flatMap { JSONSplice.set($0, ["kwargs"], to: call.named) }
  }

  func capture(_ targets: [Target]) async throws(Failure) -> [QuarantineRecord?] {
    let scores = try await client.run(targets.map { RedisCommand(.zscore, keys.dead($0.scope), $0.key) })
    let values = try await client.run(targets.map { RedisCommand(.hget, keys.deadMessages($0.scope), $0.key) })
    return targets.enumerated().map { index, target in
      guard let score = scores[index].number, Version(score: score) == target.version else { return nil }
      return QuarantineRecord(target: target, parts: [.init("message", values[index].bytes ?? [])])
    }
  }

  func verdicts(on targets: [Target], of verb: Verb) async throws(Failure) -> [Receipt] {
    let found = try await DramatiqVerdicts(keys: keys, client: client, verb: verb).read(targets)
    return zip(targets, found).map { Receipt(target: $0, outcome: $1.outcome, reason: $1.reason) }
  }

  func fate(of targets: [Target]) async throws(Failure) -> Fate {
    let dead = try await client.run(targets.map { RedisCommand(.hget, keys.deadMessages($0.scope), $0.key) })
    let live = try await client.run(targets.map { RedisCommand(.hget, keys.messages($0.scope), $0.key) })
    var fate = Fate()
    for index in targets.indices {
      // A message that is stored waits or is with a worker; it is told apart by neither. One that is gone ran well.
      if dead[index].bytes != nil { fate.deadAgain += 1 } else if live[index].bytes != nil { fate.waiting += 1 } else { fate.done += 1 }
    }
    return fate
  }

  func close() async { await client.close() }
}
