import Gate
import OpsModel

/// Looks at targets one by one: whether each would go, and where to.
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

  /// Why each is refused; nil for those that go.
  mutating func verdicts(_ targets: [Target]) async throws(Failure) -> [SafeText?] {
    var out = [SafeText?](repeating: nil, count: targets.count)
    for scope in Set(targets.map(\.scope)) {
      let indices = targets.indices.filter { targets[$0].scope == scope }
      let wanted = indices.map { targets[$0] }
      let found = scope == CeleryLetters.results ? try await stored(wanted) : try await elements(wanted, scope)
      for (index, why) in zip(indices, found) { out[index] = why }
    }
    return out
  }

  private mutating func stored(_ targets: [Target]) async throws(Failure) -> [SafeText?] {
    let values = try await CeleryStored.read(targets.map { places.keys.result($0.key) }, results)
    let known = values.map { $0.bytes.flatMap { CeleryResult($0) } }
    try await routes.learn(Set(known.compactMap { $0?.routingKey.map { CeleryRoute(exchange: nil, routingKey: $0) } }), client)
    let markers = zip(targets, known).map { places.keys.marker($0.key, doneAt: $1?.doneText ?? []) }
    let marked = try await client.run(markers.map { RedisCommand(.exists, $0) })
    var out: [SafeText?] = []
    for (index, target) in targets.enumerated() {
      guard values[index].size > 0 else {
        out.append(Outcome.absent.meaning)
        continue
      }
      guard let bytes = values[index].bytes, let result = known[index], Version(of: bytes) == target.version, result.isFailure else {
        out.append(Outcome.changed.meaning)
        continue
      }
      out.append(verb == .discard ? nil : refusal(result, isMarked: marked[index].integer == 1))
    }
    return out
  }

  private mutating func refusal(_ result: CeleryResult, isMarked: Bool) -> SafeText? {
    if isMarked { return "it was retried already and has not ended since" }
    if let why = result.whyNot { return why }
    let found = routes.queues(CeleryRoute(exchange: nil, routingKey: result.routingKey ?? []))
    guard found.count == 1 else { return CeleryCalls.noQueue(result, found.count) }
    queues[found[0], default: 0] += 1
    return nil
  }

  private mutating func elements(_ targets: [Target], _ scope: [UInt8]) async throws(Failure) -> [SafeText?] {
    guard let list = places.lists.first(where: { $0.scope == scope }) else {
      return targets.map { _ in "its list is not configured any more" }
    }
    var reader = CeleryListReader(list: places.keys.prefix + list.name, client)
    let found = try await reader.locate(targets)
    try await routes.learn(Set(found.compactMap { $0.flatMap { list.route(of: $0.bytes) } }), client)
    var out: [SafeText?] = []
    for (target, element) in zip(targets, found) {
      guard let element else {
        out.append(Outcome.absent.meaning)
        continue
      }
      if element.version != target.version {
        out.append(Outcome.changed.meaning)
      } else if verb == .discard {
        out.append(nil)
      } else if let route = list.route(of: element.bytes) {
        let lists = routes.queues(route)
        for queue in lists where list.whyNot(element.bytes, lists, now) == nil { queues[queue, default: 0] += 1 }
        out.append(lists.isEmpty ? "no queue is bound to where it came from" : list.whyNot(element.bytes, lists, now))
      } else {
        out.append(CeleryLetters.noHome(list))
      }
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
