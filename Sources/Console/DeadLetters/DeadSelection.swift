public import OpsModel

/// Which dead letters are meant: by id, by filter, or all; in one queue or in every one.
public struct DeadSelection: Equatable, Sendable {
  public var queues: [SafeText]
  public var ids: Set<SafeText>
  public var filter: Filter
  public var fingerprint: Fingerprint?
  public var limit: Int?

  public init(
    queues: [SafeText] = [], ids: Set<SafeText> = [], filter: Filter = .all, fingerprint: Fingerprint? = nil, limit: Int? = nil
  ) {
    self.queues = queues
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

  /// Identities that are read at once.
  static let page = 5_000

  /// Freezes the targets: what comes to be dead afterwards is not meant.
  public func targets(
    in store: any DeadLetterStore, now: Double, progress: (DeadProgress) -> Void = { _ in }
  ) async throws(Failure) -> TargetList {
    let scopes = try await store.deadScopes()
    let wanted = scopes.filter { queues.isEmpty || queues.contains($0.name) }.map(\.key)
    var list = TargetList()
    if isEverything, let identities = store as? any DeadIdentityReader {
      for scope in wanted {
        var cursor: DeadCursor?
        repeat {
          let (targets, next) = try await identities.deadIdentities(of: scope, after: cursor, limit: Self.page)
          for target in targets where list.count < limit ?? .max { list.append(target) }
          cursor = list.count < limit ?? .max ? next : nil
        } while cursor != nil
      }
      return list
    }
    // A source with sets that are no queues tells the queue of each letter; then every set is walked over.
    let narrowed = wanted.isEmpty ? nil : wanted
    _ = try await DeadLetterWalk(store: store, scopes: narrowed).run { letters, far in
      for letter in letters where holds(letter, now: now) && list.count < limit ?? .max { list.append(letter.target) }
      progress(far)
      let isFound = !ids.isEmpty && list.count >= ids.count
      return !isFound && list.count < limit ?? .max
    }
    return list
  }
}
