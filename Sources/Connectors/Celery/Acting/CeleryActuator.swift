import Gate
import OpsModel

/// Changes what Celery keeps in Redis: makes messages of failed results, moves dead-letter lists, gives unacknowledged messages back, and
/// speaks with the workers.
actor CeleryActuator: Actuator {
  let source: SafeText
  let settings: SourceSettings
  let places: CeleryPlaces
  let client: RedisClient
  let results: RedisClient
  let clock: any OpsClock
  let actor: String
  let pidbox: CeleryPidbox
  private let scripts: RedisScriptClient
  private let resultScripts: RedisScriptClient
  private let leases: RedisLeases
  private var routes: CeleryRoutes
  /// What the workers said when the operation began.
  private var word = CeleryWord()

  var keys: CeleryKeys { places.keys }

  init(_ settings: SourceSettings, actor: String, clock: any OpsClock) throws(Failure) {
    source = settings.name
    self.settings = settings
    places = try CeleryPlaces(settings)
    self.clock = clock
    self.actor = actor
    client = try RedisSource.writer(settings, actor, clock)
    results = try RedisSource.writer(
      places.isOneServer ? settings : places.results, actor, clock, database: places.isOneServer ? places.resultDatabase : nil)
    scripts = RedisScriptClient(client: client, clock: clock)
    resultScripts = RedisScriptClient(client: results, clock: clock)
    leases = RedisLeases(source: source, actor: actor, scripts: scripts, clock: clock)
    routes = CeleryRoutes(keys: places.keys)
    pidbox = CeleryPidbox(keys: places.keys, client: client, host: ProcessFacts.host, process: ProcessFacts.pid, clock: clock)
  }

  func rehearse(_ operation: Operation) async throws(Failure) -> Rehearsal {
    try await CeleryRehearsal(places: places, client: client, results: results, clock: clock, operation: operation).run()
  }

  /// The workers are asked before anything moves: what one of them has is left alone.
  func begin(_ operation: Operation, _ permit: Permit) async throws(Failure) {
    guard operation.verb.isForItems else { return }
    let scopes = operation.verb == .restore ? Array(Set(operation.records.map(\.target.scope))) : operation.targets.scopes
    try await leases.take(scopes, for: operation, permit)
    switch operation.verb {
    case .recover: word = try await wordOfHolders(permit)
    case .retry, .retryEdited: if scopes.contains(CeleryLetters.results) { word = try await CeleryWord.asked(pidbox, [.revoked], permit) }
    default: break
    }
  }

  /// What the live workers have, all of them: who lives and does not answer keeps everything where it is.
  /// - Throws: `Failure.declined`.
  func wordOfHolders(_ permit: Permit) async throws(Failure) -> CeleryWord {
    let witness = try await CeleryWitness.listen(settings, keys, client, clock)
    let word = try await CeleryWord.asked(pidbox, [.held], permit)
    if let why = witness.objection(to: word.nodes, listeners: word.listeners) { throw .declined(.unheardWorkers(why)) }
    return word
  }

  func end(_ operation: Operation, _ permit: Permit) async { await leases.give(permit) }

  func perform(_ batch: Batch, _ permit: Permit) async throws(Failure) -> BatchReport {
    guard batch.operation.verb.isForItems else {
      return try await CeleryControl(client: client, pidbox: pidbox, clock: clock).perform(batch, permit)
    }
    var outcomes = BatchOutcomes(count: batch.targets.count)
    var sets: [[UInt8]: [Int]] = [:]
    for (index, target) in batch.targets.enumerated() { sets[target.scope, default: []].append(index) }
    for (scope, indices) in sets.sorted(by: { $0.value[0] < $1.value[0] }) {
      var begun = indices
      do throws(Failure) {
        let lease = try await leases.lease(scope, permit)
        let calls = try await calls(batch, scope, indices, lease)
        for (index, verdict) in calls.refused { outcomes.set(index, verdict.outcome, reason: verdict.reason) }
        guard let call = calls.call, !call.indices.isEmpty else { continue }
        begun = call.indices
        let runner = call.isOnResults ? resultScripts : scripts
        let (reply, seconds) = try await call.script.run(runner, keys: call.keys, call.arguments, permit)
        outcomes.held += seconds
        let codes = reply.array ?? []
        guard codes.count == call.indices.count else { throw .garbage("a reply of \(codes.count) codes for \(call.indices.count) items") }
        for (index, code) in zip(call.indices, codes) {
          let verdict = CeleryReason.verdict(code.integer, batch.operation.verb)
          outcomes.set(index, verdict.outcome, reason: verdict.outcome == .moved ? nil : verdict.reason)
        }
      } catch {
        return try outcomes.broken(by: error, begun: begun)
      }
    }
    return outcomes.report()
  }

  private func calls(_ batch: Batch, _ scope: [UInt8], _ indices: [Int], _ lease: RedisLease?) async throws(Failure) -> CeleryCalls {
    var calls = CeleryCalls(
      batch: batch, scope: scope, indices: indices, token: lease?.token ?? [], leaseKeys: lease.map { [$0.key] } ?? [], places: places,
      actor: actor, now: clock.now().unix, routes: routes, word: word)
    try await calls.make(client, results)
    routes = calls.routes
    return calls
  }

  func capture(_ targets: [Target]) async throws(Failure) -> [QuarantineRecord?] {
    try await CeleryCapture(places: places, client: client, results: results).records(of: targets)
  }

  func verdicts(on targets: [Target], of verb: Verb) async throws(Failure) -> [Receipt] {
    var reader = CeleryVerdicts(places: places, client: client, results: results, verb: verb, now: clock.now().unix)
    return zip(targets, try await reader.verdicts(targets)).map { Receipt(target: $0, outcome: $1.outcome, reason: $1.reason) }
  }

  func fate(of targets: [Target]) async throws(Failure) -> Fate {
    let wanted = targets.filter { $0.scope == CeleryLetters.results }
    let stored = try await CeleryStored.read(wanted.map { keys.result($0.key) }, results)
    var fate = Fate()
    fate.unknown = targets.count - wanted.count
    for (target, value) in zip(wanted, stored) {
      let result = value.bytes.flatMap { CeleryResult($0) }
      switch result?.text("status").map({ String(decoding: $0, as: UTF8.self) }) {
      case "SUCCESS": fate.done += 1
      case "STARTED", "RETRY": fate.running += 1
      case "FAILURE":
        if value.bytes.map({ Version(of: $0) }) == target.version { fate.waiting += 1 } else { fate.deadAgain += 1 }
      default: fate.unknown += 1
      }
    }
    return fate
  }

  func close() async {
    await client.close()
    await results.close()
  }
}

extension CeleryActuator: OrphanAsker {
  func askedOrphans(limit: Int, _ permit: Permit) async throws(Failure) -> [DeadLetter] {
    let word = try await wordOfHolders(permit)
    return try await CeleryOrphans(source: source, keys: keys, client: client).letters(limit: limit, now: clock.now().unix) { id in
      if let node = word.held[id] { return .held(node) }
      return .free(word.listeners == 0 ? "no worker listens" : "none of \(Units.count(word.listeners, "live worker")) has it")
    }
  }
}
