import Gate
import OpsModel

/// Looks at targets one by one, as the scripts do: whether each would go, and where to.
struct CeleryVerdicts {
  let places: CeleryPlaces
  let client: RedisClient
  let results: RedisClient
  let verb: Verb
  /// Unix time.
  let now: Double
  private var routes: CeleryRoutes
  private var queues: [[UInt8]: Int] = [:]

  init(places: CeleryPlaces, client: RedisClient, results: RedisClient, verb: Verb, now: Double) {
    self.places = places
    self.client = client
    self.results = results
    self.verb = verb
    self.now = now
    routes = CeleryRoutes(keys: places.keys)
  }

  mutating func verdicts(_ targets: [Target]) async throws(Failure) -> [TargetVerdict] {
    var out = [TargetVerdict](repeating: .moved, count: targets.count)
    for scope in Set(targets.map(\.scope)) {
      let indices = targets.indices.filter { targets[$0].scope == scope }
      let wanted = indices.map { targets[$0] }
      let found = scope == CeleryLetters.results ? try await stored(wanted) : try await elements(wanted, scope)
      for (index, verdict) in zip(indices, found) { out[index] = verdict }
    }
    return out
  }

  private mutating func stored(_ targets: [Target]) async throws(Failure) -> [TargetVerdict] {
    let values = try await CeleryStored.read(targets.map { places.keys.result($0.key) }, results)
    if verb == .discard { return zip(targets, values).map { CeleryReason.stored($0, $1) ?? .moved } }
    let known = values.map { $0.bytes.flatMap { CeleryResult($0) } }
    try await routes.learn(Set(known.compactMap { $0?.routingKey.map { CeleryRoute(exchange: nil, routingKey: $0) } }), client)
    let markers = zip(targets, known).map { places.keys.marker($0.key, doneAt: $1?.doneText ?? []) }
    let marked = try await client.run(markers.map { RedisCommand(.exists, $0) })
    let choices = targets.indices.map { CeleryReason.result(targets[$0], values[$0], known[$0], routes) }
    let wrong = try await wrongQueues(
      choices.compactMap { choice -> [UInt8]? in
        guard case .yes(let queue) = choice else { return nil }
        return places.keys.prefix + queue
      })
    return targets.indices.map { index in
      switch choices[index] {
      case .no(let verdict): return verdict
      case .yes(let queue):
        if wrong.contains(places.keys.prefix + queue) { return CeleryReason.wrongQueue }
        if marked[index].integer == 1 { return CeleryReason.retried }
        guard let result = known[index], Self.isWritable(result, targets[index], queue) else { return CeleryReason.noMessage }
        queues[queue, default: 0] += 1
        return .moved
      }
    }
  }

  private static func isWritable(_ result: CeleryResult, _ target: Target, _ queue: [UInt8]) -> Bool {
    CeleryEnvelope.make(of: result, id: target.key, queue: queue, tag: CeleryMarks.uuid(), origin: "opsconsole", arguments: nil) != nil
  }

  /// Of these lists, keys of another type.
  private func wrongQueues(_ lists: [[UInt8]]) async throws(Failure) -> Set<[UInt8]> {
    let names = Array(Set(lists))
    let kinds = try await client.run(names.map { RedisCommand(.type, $0) })
    return Set(zip(names, kinds).filter { !$1.takesPushes }.map(\.0))
  }

  private mutating func elements(_ targets: [Target], _ scope: [UInt8]) async throws(Failure) -> [TargetVerdict] {
    guard let list = places.lists.first(where: { $0.scope == scope }) else { return targets.map { _ in CeleryReason.unlisted } }
    var reader = CeleryListReader(list: places.keys.prefix + list.name, client)
    let found = try await reader.locate(targets)
    if verb == .discard {
      return zip(targets, found).map { target, element in
        element.map { $0.version == target.version ? TargetVerdict.moved : TargetVerdict.changed } ?? TargetVerdict.absent
      }
    }
    try await routes.learn(Set(found.compactMap { $0.flatMap { list.route(of: $0.bytes) } }), client)
    let choices = zip(targets, found).map { CeleryReason.element($0, $1, list, routes, now) }
    let wrong = try await wrongQueues(
      choices.flatMap { choice -> [[UInt8]] in
        guard case .yes(let found) = choice else { return [] }
        return found.queues.map { places.keys.prefix + $0 }
      })
    return choices.map { choice in
      switch choice {
      case .no(let verdict): return verdict
      case .yes(let found):
        if found.queues.contains(where: { wrong.contains(places.keys.prefix + $0) }) { return CeleryReason.wrongQueue }
        for queue in found.queues { queues[queue, default: 0] += 1 }
        return .moved
      }
    }
  }

  /// Records of a quarantine file: what is there already stays.
  func restore(_ records: some Collection<QuarantineRecord>) async throws(Failure) -> [TargetVerdict] {
    var out: [TargetVerdict] = []
    for record in records {
      let isThere: Bool
      if record.target.scope == CeleryLetters.results {
        isThere = try await results.run([RedisCommand(.exists, places.keys.result(record.target.key))])[0].integer == 1
      } else {
        let list = places.keys.prefix + record.target.scope.dropFirst(CeleryDeadList.mark.count)
        isThere = try await client.run([RedisCommand(.lpos, list, record["message"] ?? [])])[0].integer != nil
      }
      out.append(isThere ? CeleryReason.there : .moved)
    }
    return out
  }

  /// Lists that messages would be pushed to.
  var destinations: [[UInt8]] { queues.keys.map { places.keys.prefix + $0 } }

  /// `mail (12 ready there)`
  func words() async throws(Failure) -> SafeText {
    let names = queues.keys.sorted { $0.lexicographicallyPrecedes($1) }
    guard !names.isEmpty else { return "no queue" }
    var parts: [SafeText] = []
    for name in names.prefix(4) {
      let lengths = try await client.run(places.keys.lists(name).map { RedisCommand(.llen, $0) }).map(\.integer)
      let ready = lengths.contains(nil) ? "?" : Units.count(lengths.reduce(0) { $0 + ($1 ?? 0) })
      parts.append("\(SafeText(bytes: name, limit: 60)) (\(ready) ready there)")
    }
    let more: SafeText = names.count > 4 ? " and \(names.count - 4) more queues" : ""
    return "\(SafeText.join(parts, ", "))\(more)"
  }
}
