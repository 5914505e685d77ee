import OpsModel

/// Where a message goes: an exchange and a routing key. A stored result names the routing key alone.
struct CeleryRoute: Hashable, Sendable {
  let exchange: [UInt8]?
  let routingKey: [UInt8]
}

/// Which queues a message comes to, as the binding tables of the broker say (`_lookup` of kombu's virtual transport: direct by equality,
/// topic by words).
struct CeleryRoutes: Sendable {
  /// `SCAN` calls at most, where a routing key is bound under an exchange that is not known.
  static let scanLimit = 5_000

  private let keys: CeleryKeys
  /// Members of the binding table of one exchange.
  private struct Table {
    private(set) var patterns: [CeleryKeys.Binding] = []
    private(set) var queues: [[UInt8]: [[UInt8]]] = [:]

    init(_ bindings: [CeleryKeys.Binding]) {
      patterns = bindings.filter { !$0.pattern.isEmpty }
      for binding in bindings { queues[binding.routingKey, default: []].append(binding.queue) }
    }
  }

  private var tables: [[UInt8]: Table] = [:]
  /// Queues by routing key, of all tables.
  private var everywhere: [[UInt8]: [[UInt8]]] = [:]
  private var isWhole = false

  init(keys: CeleryKeys) { self.keys = keys }

  /// Reads the tables that tell about these routes. Celery's own queues have an exchange of their name; where that one does not tell, all
  /// tables are looked for.
  mutating func learn(_ routes: Set<CeleryRoute>, _ client: RedisClient) async throws(Failure) {
    for route in routes {
      let exchange = route.exchange ?? route.routingKey
      if tables[exchange] == nil && !exchange.isEmpty { take(try await table(keys.binding(exchange), client), of: exchange) }
    }
    guard !isWhole, routes.contains(where: { $0.exchange == nil && queues($0).isEmpty }) else { return }
    try await learnAll(client)
  }

  private func table(_ key: [UInt8], _ client: RedisClient) async throws(Failure) -> Table {
    Table(try await RedisReading.members(of: key, client).members.compactMap { keys.binding(member: $0) })
  }

  private mutating func take(_ table: Table, of exchange: [UInt8]) {
    tables[exchange] = table
    everywhere.merge(table.queues) { $0 + $1 }
  }

  private mutating func learnAll(_ client: RedisClient) async throws(Failure) {
    var cursor = Array("0".utf8)
    let mark = keys.binding([])
    for _ in 0..<Self.scanLimit {
      let reply = try await client.run([
        RedisCommand(.scan, cursor, Array("MATCH".utf8), mark + [0x2A], Array("COUNT".utf8), Array("1000".utf8))
      ])
      guard let parts = reply[0].array, parts.count == 2, let next = parts[0].bytes else { throw .garbage("a SCAN reply of another shape") }
      for key in (parts[1].array ?? []).compactMap(\.bytes) where key.starts(with: mark) {
        let exchange = Array(key.dropFirst(mark.count))
        if tables[exchange] == nil { take(try await table(key, client), of: exchange) }
      }
      cursor = next
      if cursor == Array("0".utf8) { break }
    }
    isWhole = true
  }

  /// Empty where no queue is bound.
  func queues(_ route: CeleryRoute) -> [[UInt8]] {
    guard let exchange = route.exchange else {
      let all = tables[route.routingKey]?.queues[route.routingKey] ?? everywhere[route.routingKey] ?? []
      return Self.distinct(all.filter { CeleryKeys.isTaskQueue($0) })
    }
    // The default exchange leads to the queue of that name.
    if exchange.isEmpty { return route.routingKey.isEmpty ? [] : [route.routingKey] }
    guard let table = tables[exchange] else { return [] }
    if let exact = table.queues[route.routingKey] { return Self.distinct(exact) }
    return Self.distinct(table.patterns.filter { Self.matches($0.routingKey, route.routingKey) }.map(\.queue))
  }

  private static func distinct(_ names: [[UInt8]]) -> [[UInt8]] { Set(names).sorted { $0.lexicographicallyPrecedes($1) } }

  /// Words of a topic: `*` is one word, `#` any number of them.
  static func matches(_ pattern: [UInt8], _ key: [UInt8]) -> Bool {
    let dot = UInt8(ascii: ".")
    return matches(
      pattern.split(separator: dot, omittingEmptySubsequences: false)[...], key.split(separator: dot, omittingEmptySubsequences: false)[...]
    )
  }

  private static func matches(_ pattern: ArraySlice<ArraySlice<UInt8>>, _ words: ArraySlice<ArraySlice<UInt8>>) -> Bool {
    // Reachable places in the pattern, word by word: no backtracking, whatever the pattern.
    let wanted = Array(pattern)
    let any = ArraySlice("#".utf8)
    let one = ArraySlice("*".utf8)
    func closed(_ places: Set<Int>) -> Set<Int> {
      var out = places
      for place in places {
        var next = place
        while next < wanted.count, wanted[next] == any {
          next += 1
          out.insert(next)
        }
      }
      return out
    }
    var places = closed([0])
    for word in words {
      var next: Set<Int> = []
      for place in places where place < wanted.count {
        if wanted[place] == any { next.insert(place) }
        if wanted[place] == one || wanted[place] == word { next.insert(place + 1) }
      }
      places = closed(next)
    }
    return places.contains(wanted.count)
  }
}
