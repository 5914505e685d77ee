import Gate
import OpsModel

/// The script call that one batch needs for one set, and what is refused before it.
struct CeleryCalls {
  struct Call {
    let script: RedisScript
    let keys: [[UInt8]]
    let arguments: [[UInt8]]
    /// Places in the batch, one for each code of the reply.
    let indices: [Int]
    var isOnResults = false
  }

  /// Seconds that a marker of a retried failure stays at least; longer where the failure itself is kept longer, and a month where that never
  /// expires: as long as both are there the failure is not retried again.
  static let markerLife = 86_400
  static let longestMarkerLife = 30 * 86_400

  let batch: Batch
  let scope: [UInt8]
  let indices: [Int]
  let token: [UInt8]
  let leaseKeys: [[UInt8]]
  let places: CeleryPlaces
  let actor: String
  /// Unix time.
  let now: Double
  var routes: CeleryRoutes
  let word: CeleryWord
  private(set) var call: Call?
  private(set) var refused: [Int: TargetVerdict] = [:]

  init(
    batch: Batch, scope: [UInt8], indices: [Int], token: [UInt8], leaseKeys: [[UInt8]], places: CeleryPlaces, actor: String, now: Double,
    routes: CeleryRoutes, word: CeleryWord
  ) {
    self.batch = batch
    self.scope = scope
    self.indices = indices
    self.token = token
    self.leaseKeys = leaseKeys
    self.places = places
    self.actor = actor
    self.now = now
    self.routes = routes
    self.word = word
  }

  private var keys: CeleryKeys { places.keys }
  private var targets: [Target] { indices.map { batch.targets[$0] } }
  private func text(_ number: Int) -> [UInt8] { Array(String(number).utf8) }

  mutating func make(_ client: RedisClient, _ results: RedisClient) async throws(Failure) {
    switch (batch.operation.verb, scope) {
    case (.retry, CeleryLetters.results), (.retryEdited, CeleryLetters.results): try await rebuild(client, results)
    case (.discard, CeleryLetters.results): try await discardResults(results)
    case (.restore, CeleryLetters.results): restoreResults()
    case (.recover, CeleryOrphans.scope): try await recover(client)
    case (.retry, _): try await move(client)
    case (.discard, _): try await discardElements(client)
    case (.restore, _): restoreElements()
    default: throw .declined(.notOffered(batch.operation.verb.rawValue, by: "Celery"))
    }
  }

  // MARK: Failed results

  private mutating func rebuild(_ client: RedisClient, _ results: RedisClient) async throws(Failure) {
    let stored = try await CeleryStored.read(targets.map { keys.result($0.key) }, results)
    let known = stored.map { $0.bytes.flatMap { CeleryResult($0) } }
    let lives = try await results.run(targets.map { RedisCommand(.ttl, keys.result($0.key)) }).map { $0.integer ?? 0 }
    try await routes.learn(Set(known.compactMap { $0?.routingKey.map { CeleryRoute(exchange: nil, routingKey: $0) } }), client)
    var words: [[UInt8]] = []
    var here: [Int] = []
    for (place, index) in indices.enumerated() {
      switch message(batch.targets[index], stored[place], known[place], life: lives[place]) {
      case .no(let verdict): refused[index] = verdict
      case .yes(let made):
        words += made
        here.append(index)
      }
    }
    let head = [
      token, Array((places.isOneServer ? "1" : "0").utf8), text(places.brokerDatabase), text(places.resultDatabase),
      Array("\(batch.operation.id) \(actor)".utf8),
    ]
    call = Call(script: CeleryScripts.retry, keys: leaseKeys, arguments: head + words, indices: here)
  }

  /// List, marker, its life, result key, expected result, message.
  private func message(_ target: Target, _ stored: CeleryStored, _ result: CeleryResult?, life: Int) -> CeleryChoice<[[UInt8]]> {
    let queue: [UInt8]
    switch CeleryReason.result(target, stored, result, routes) {
    case .no(let verdict): return .no(verdict)
    case .yes(let found): queue = found
    }
    if let node = word.revoked[target.key] {
      return .no(TargetVerdict(.conflict, "\(node) holds this id as revoked and would drop it; left alone"))
    }
    guard let bytes = stored.bytes, let result,
      let made = CeleryEnvelope.make(
        of: result, id: target.key, queue: queue, tag: CeleryMarks.uuid(), origin: SafeText(escaping: "opsconsole \(actor)", limit: 100),
        arguments: edited)
    else { return .no(CeleryReason.noMessage) }
    return .yes([
      keys.prefix + queue, keys.marker(target.key, doneAt: result.doneText), text(Self.life(of: life)), keys.result(target.key), bytes,
      made,
    ])
  }

  /// - Parameter left: seconds that the failure has left, or a negative number where it never expires.
  private static func life(of left: Int) -> Int {
    left < 0 ? longestMarkerLife : min(max(markerLife, left), longestMarkerLife)
  }

  /// Other arguments, for `retryEdited`.
  private var edited: (list: [UInt8], named: [UInt8])? {
    guard batch.operation.verb == .retryEdited, let call = try? batch.operation.editedCall() else { return nil }
    return (call.list, call.named)
  }

  private mutating func discardResults(_ results: RedisClient) async throws(Failure) {
    let stored = try await CeleryStored.read(targets.map { keys.result($0.key) }, results)
    var words: [[UInt8]] = [[]]
    var here: [Int] = []
    for (place, index) in indices.enumerated() {
      refused[index] = CeleryReason.stored(batch.targets[index], stored[place])
      guard refused[index] == nil, let bytes = stored[place].bytes else { continue }
      words += [keys.result(batch.targets[index].key), bytes]
      here.append(index)
    }
    call = Call(script: CeleryScripts.discardResult, keys: [], arguments: words, indices: here, isOnResults: true)
  }

  private mutating func restoreResults() {
    var words: [[UInt8]] = [[]]
    for index in indices {
      words += [keys.result(batch.targets[index].key), batch.records[index]["result"] ?? [], batch.records[index]["ttl"] ?? text(0)]
    }
    call = Call(script: CeleryScripts.restoreResult, keys: [], arguments: words, indices: indices, isOnResults: true)
  }

  // MARK: Unacknowledged messages

  private mutating func recover(_ client: RedisClient) async throws(Failure) {
    let entries = try await CeleryUnacked.read(targets.map { ($0.key, $0.position) }, client, keys)
    try await routes.learn(Set(entries.compactMap(\.route)), client)
    let orphans = CeleryOrphans(source: batch.operation.source, keys: keys, client: client)
    var words = [token]
    var here: [Int] = []
    for (place, index) in indices.enumerated() {
      let entry = entries[place]
      if let verdict = CeleryReason.orphan(batch.targets[index], entry, orphans, routes, now) {
        refused[index] = verdict
      } else if let node = entry.taskID.flatMap({ word.held[$0] }) {
        refused[index] = TargetVerdict(.conflict, "\(node) says that it has it; left alone")
      } else if let bytes = entry.bytes, let message = entry.message, let route = entry.route {
        let lists = routes.queues(route).map { keys.list($0, priority: entry.priority) }
        let since = Array(String(batch.targets[index].position).utf8)
        words += [entry.tag, bytes, since, CeleryMarks.redelivered(message), text(lists.count)] + lists
        here.append(index)
      }
    }
    call = Call(script: CeleryScripts.recover, keys: [keys.unacked, keys.unackedIndex] + leaseKeys, arguments: words, indices: here)
  }

  // MARK: Dead-letter lists

  private var list: [UInt8] { keys.prefix + scope.dropFirst(CeleryDeadList.mark.count) }

  private func located(_ client: RedisClient) async throws(Failure) -> (found: [CeleryListReader.Element?], count: Int) {
    var reader = CeleryListReader(list: list, client)
    return (try await reader.locate(targets), try await reader.length())
  }

  /// The end of the list that an element is nearer to.
  private func direction(_ element: CeleryListReader.Element, _ count: Int) -> [UInt8] {
    Array((element.place > count / 2 ? "1" : "-1").utf8)
  }

  private mutating func move(_ client: RedisClient) async throws(Failure) {
    guard let home = places.lists.first(where: { $0.scope == scope }) else {
      throw .declined(.noSuchDeadList(SafeText(bytes: scope, limit: 80)))
    }
    let (found, count) = try await located(client)
    try await routes.learn(Set(found.compactMap { $0.flatMap { home.route(of: $0.bytes) } }), client)
    var words = [token]
    var here: [Int] = []
    for (place, index) in indices.enumerated() {
      let choice = CeleryReason.element(batch.targets[index], found[place], home, routes, now)
      guard case .yes(let (message, queues)) = choice, let element = found[place] else {
        if case .no(let verdict) = choice { refused[index] = verdict }
        continue
      }
      let lists = queues.map { keys.list($0, priority: Self.priority(element.bytes)) }
      words += [direction(element, count), element.bytes, message, text(lists.count)] + lists
      here.append(index)
    }
    call = Call(script: CeleryScripts.move, keys: [list] + leaseKeys, arguments: words, indices: here)
  }

  private static func priority(_ message: [UInt8]) -> Double {
    let properties = JSONScan.object(message)?["properties"].flatMap { JSONScan.object($0) } ?? [:]
    return min(max(JSONScan.number(properties["priority"]) ?? 0, 0), 9)
  }

  /// A new delivery tag, since a copy with the old one may still be acknowledged somewhere; and the address it really has now, since kombu
  /// gives a message back by that one. Every other byte stays.
  static func readdressed(_ message: [UInt8], _ route: CeleryRoute) -> [UInt8]? {
    guard var out = JSONSplice.set(message, ["properties", "delivery_tag"], to: JSONSplice.quoted(CeleryMarks.uuid())) else { return nil }
    guard let properties = JSONScan.object(message)?["properties"].flatMap({ JSONScan.object($0) }) else { return nil }
    let info = properties["delivery_info"].flatMap { JSONScan.object($0) } ?? [:]
    let isSame = JSONScan.string(info["routing_key"]) == route.routingKey && JSONScan.string(info["exchange"]) == route.exchange ?? []
    guard !isSame else { return out }
    let exchange = SafeText(bytes: route.exchange ?? [], limit: 400)
    let key = SafeText(bytes: route.routingKey, limit: 400)
    guard exchange.text.utf8.elementsEqual(route.exchange ?? []), key.text.utf8.elementsEqual(route.routingKey) else { return nil }
    for (name, value) in [("exchange", exchange), ("routing_key", key)] {
      guard let next = JSONSplice.set(out, ["properties", "delivery_info", name], to: Array(JSONText.text(value).compact().utf8)) else {
        return nil
      }
      out = next
    }
    return out
  }

  private mutating func discardElements(_ client: RedisClient) async throws(Failure) {
    let (found, count) = try await located(client)
    var words = [token]
    var here: [Int] = []
    for (place, index) in indices.enumerated() {
      guard let element = found[place], element.version == batch.targets[index].version else {
        refused[index] = found[place] == nil ? TargetVerdict.absent : TargetVerdict.changed
        continue
      }
      words += [direction(element, count), element.bytes]
      here.append(index)
    }
    call = Call(script: CeleryScripts.discardElement, keys: [list] + leaseKeys, arguments: words, indices: here)
  }

  private mutating func restoreElements() {
    let elements = indices.map { batch.records[$0]["message"] ?? [] }
    call = Call(script: CeleryScripts.restoreElement, keys: [list] + leaseKeys, arguments: [token] + elements, indices: indices)
  }
}
