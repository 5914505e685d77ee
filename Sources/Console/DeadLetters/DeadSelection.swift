public import OpsModel

/// Which dead letters are meant: by id, by filter, or all; in one queue or in every one.
public struct DeadSelection: Equatable, Sendable {
  public var queues: [SafeText]
  /// Sets by name, such as `retry`; empty means the sets of what is dead.
  public var sets: [SafeText]
  public var ids: Set<SafeText>
  public var filter: Filter
  public var fingerprint: Fingerprint?
  public var limit: Int?

  public init(
    queues: [SafeText] = [], sets: [SafeText] = [], ids: Set<SafeText> = [], filter: Filter = .all, fingerprint: Fingerprint? = nil,
    limit: Int? = nil
  ) {
    self.queues = queues
    self.sets = sets
    self.ids = ids
    self.filter = filter
    self.fingerprint = fingerprint
    self.limit = limit
  }

  public func holds(_ letter: DeadLetter, now: Double) -> Bool {
    if !queues.isEmpty && !queues.contains(letter.queue) { return false }
    if !ids.isEmpty && !ids.contains(letter.name) { return false }
    if let fingerprint, fingerprint != Fingerprint(letter) { return false }
    return filter.isEmpty || filter.matches(DeadLetter.filterFields) { letter.value($0, now: now) }
  }

  /// Whether every letter of the chosen queues is meant: then nothing but identities need be read.
  public var isEverything: Bool { ids.isEmpty && filter.isEmpty && fingerprint == nil }

  /// The sets to walk over.
  public func scopes(of store: any DeadLetterStore) async throws(Failure) -> [DeadScope] {
    try await store.deadScopes().filter { scope in
      let isMeant = sets.isEmpty ? scope.isDead : sets.contains(scope.name)
      return isMeant && (queues.isEmpty || !scope.isQueue || queues.contains(scope.name))
    }
  }

  /// Freezes the targets: what comes to be dead afterwards is not meant.
  public func targets(
    in store: any DeadLetterStore, now: Double, progress: (DeadProgress) -> Void = { _ in }
  ) async throws(Failure) -> TargetList {
    let scopes = try await scopes(of: store)
    let wanted = scopes.map(\.key)
    var list = TargetList()
    if isEverything, queues.isEmpty || scopes.allSatisfy(\.isQueue), let identities = store as? any DeadIdentityReader {
      for scope in wanted {
        let room = (limit ?? .max) - list.count
        guard room > 0 else { break }
        let found = try await identities.deadIdentities(of: scope, limit: room)
        if list.isEmpty { list = found } else { for index in 0..<found.count { list.append(found[index]) } }
      }
      return list
    }
    _ = try await DeadLetterWalk(store: store, scopes: wanted).run { letters, far in
      for letter in letters where holds(letter, now: now) && list.count < limit ?? .max { list.append(letter.target) }
      progress(far)
      let isFound = !ids.isEmpty && list.count >= ids.count
      return !isFound && list.count < limit ?? .max
    }
    return list
  }
}
