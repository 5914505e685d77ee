import OpsModel

extension CeleryConnector: DeadIdentityReader {
  func deadScopes() async throws(Failure) -> [DeadScope] {
    var scopes: [DeadScope] = []
    try await walkResults(whole: true)
    scopes.append(DeadScope(key: CeleryLetters.results, name: "results", count: failures.count, isQueue: false))
    let counts = try await client.run(lists.map { RedisCommand(.llen, keys.prefix + $0.name) })
    for (list, count) in zip(lists, counts) {
      if case .error(let message) = count { throw RedisFailure.of(message, doing: "counting \(SafeText(bytes: list.name, limit: 80))") }
      scopes.append(DeadScope(key: list.scope, name: SafeText(bytes: list.name, limit: 200), count: count.integer ?? 0))
    }
    return scopes
  }

  func list(of scope: [UInt8]) throws(Failure) -> CeleryDeadList {
    guard let list = lists.first(where: { $0.scope == scope }) else {
      throw .declined(.noSuchDeadList(SafeText(bytes: scope, limit: 80)))
    }
    return list
  }

  func deadPage(of scope: [UInt8], after cursor: DeadCursor?, limit: Int) async throws(Failure) -> DeadPage {
    let source = name
    if scope == CeleryLetters.results {
      let (part, next) = resultPage(after: cursor, limit: limit)
      let letters = try await resultLetters(part.map { ($0.id, $0.doneAt) }).compactMap { $0 }
      return DeadPage(count: part.count, next: next) { letters }
    }
    let list = try list(of: scope)
    let (elements, next) = try await listPage(list, after: cursor, limit: limit)
    return DeadPage(count: elements.count, next: next) { elements.map { CeleryLetters.letter($0, of: list, source: source) } }
  }

  /// What can not be made into a message is refused one by one when the plan is made.
  func deadIdentities(of scope: [UInt8], limit: Int) async throws(Failure) -> TargetList {
    var list = TargetList()
    var cursor: DeadCursor?
    repeat {
      let page = try await deadPage(of: scope, after: cursor, limit: 1_000)
      for letter in page.letters where list.count < limit { list.append(letter.target) }
      cursor = list.count < limit ? page.next : nil
    } while cursor != nil
    return list
  }

  // MARK: Failed results

  /// The place is kept by time and id: failures that come or go meanwhile neither repeat nor hide others.
  private func resultPage(after cursor: DeadCursor?, limit: Int) -> (entries: ArraySlice<CeleryFailures.Entry>, next: DeadCursor?) {
    let all = failures.entries
    var start = 0
    if let cursor, let last = cursor.last.last {
      start = all.partitioningIndex {
        $0.doneAt != cursor.position ? $0.doneAt < cursor.position : last.lexicographicallyPrecedes($0.id)
      }
    }
    let part = all[start..<min(start + limit, all.count)]
    guard let last = part.last, part.endIndex < all.count else { return (part, nil) }
    return (part, DeadCursor(last: [last.id], position: last.doneAt, walked: part.endIndex))
  }

  /// Nil where a result is gone or no failure any more.
  func resultLetters(_ wanted: [(id: [UInt8], doneAt: Double)]) async throws(Failure) -> [DeadLetter?] {
    let stored = try await CeleryStored.read(wanted.map { keys.result($0.id) }, results)
    let lives = try await results.run(wanted.map { RedisCommand(.ttl, keys.result($0.id)) })
    let markers = zip(wanted, stored).map { one, value in
      keys.marker(one.id, doneAt: value.bytes.flatMap { CeleryResult($0)?.doneText } ?? [])
    }
    let retried = try await client.run(markers.map { RedisCommand(.exists, $0) })
    let now = clock.now().unix
    return wanted.enumerated().map { index, one in
      guard stored[index].size > 0 else {
        failures.forget(one.id)
        return nil
      }
      if let bytes = stored[index].bytes, let result = CeleryResult(bytes), !result.isFailure {
        failures.forget(one.id)
        return nil
      }
      let left = lives[index].integer.flatMap { $0 > 0 ? now + Double($0) : nil }
      return CeleryLetters.letter(
        one.id, stored[index], source: name, doneAt: one.doneAt, expiresAt: left, isRetried: retried[index].integer == 1)
    }
  }

  // MARK: Lists

  private func listPage(
    _ list: CeleryDeadList, after cursor: DeadCursor?, limit: Int
  ) async throws(Failure) -> ([CeleryListReader.Element], DeadCursor?) {
    var reader = CeleryListReader(list: keys.prefix + list.name, client)
    let count = try await reader.length()
    // Places are counted from the tail: the next page begins right below the last place that was seen.
    let top = cursor.map { Int($0.position) - 1 } ?? count - 1
    let elements = try await reader.elements(from: min(top, count - 1), count: limit)
    guard let last = elements.last, last.place > 0 else { return (elements, nil) }
    return (elements, DeadCursor(last: [last.key], position: Double(last.place), walked: (cursor?.walked ?? 0) + elements.count))
  }

  func deadLetters(_ targets: [Target]) async throws(Failure) -> [DeadLetter?] {
    var letters = [DeadLetter?](repeating: nil, count: targets.count)
    for scope in Set(targets.map(\.scope)) {
      let places = targets.indices.filter { targets[$0].scope == scope }
      if scope == CeleryLetters.results {
        let found = try await resultLetters(places.map { (targets[$0].key, targets[$0].position) })
        for (place, letter) in zip(places, found) { letters[place] = letter }
      } else {
        let list = try list(of: scope)
        var reader = CeleryListReader(list: keys.prefix + list.name, client)
        let found = try await reader.locate(places.map { targets[$0] })
        for (place, element) in zip(places, found) { letters[place] = element.map { CeleryLetters.letter($0, of: list, source: name) } }
      }
    }
    return letters
  }

  func inspect(_ target: Target) async throws(Failure) -> DeadLetterDetail {
    guard let letter = try await deadLetters([target])[0] else {
      throw .declined(.noLongerDead("the dead letters"))
    }
    if target.scope == CeleryLetters.results {
      return CeleryLetters.detail(letter, result: try await CeleryStored.read([keys.result(target.key)], results)[0])
    }
    var reader = CeleryListReader(list: keys.prefix + (try list(of: target.scope)).name, client)
    return CeleryLetters.detail(letter, message: try await reader.locate([target])[0]?.bytes ?? [])
  }
}

extension [CeleryFailures.Entry] {
  /// The first place where the condition holds; it holds for all behind it.
  fileprivate func partitioningIndex(where holds: (Element) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if holds(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
