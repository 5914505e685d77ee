public import OpsModel
import Synchronization

/// Walks over all dead letters of a source, newest first, reading the next page while the last one is being looked at. It never holds more
/// than a page of letters; what is to be remembered of each is up to the caller.
public struct DeadLetterWalk: Sendable {
  /// Letters read at once: with fewer, reading and looking wait for each other more often.
  public static let page = 4_000

  let store: any DeadLetterStore
  /// Only these sets; nil means those of what is dead.
  let scopes: [[UInt8]]?

  public init(store: any DeadLetterStore, scopes: [[UInt8]]? = nil) {
    self.store = store
    self.scopes = scopes
  }

  /// - Parameter body: takes the letters of a page; false ends the walk.
  public func run(
    first: Int = DeadLetterWalk.page, _ body: ([DeadLetter], DeadProgress) async -> Bool
  ) async throws(Failure) -> DeadProgress {
    let all = try await store.deadScopes().filter { $0.count > 0 && (scopes?.contains($0.key) ?? $0.isDead) }
    var progress = DeadProgress(total: all.reduce(0) { $0 + $1.count })
    for scope in all {
      guard try await walk(scope, first: progress.seen == 0 ? first : Self.page, &progress, body) else { return progress }
    }
    progress.isWhole = true
    return progress
  }

  private func walk(
    _ scope: DeadScope, first: Int, _ progress: inout DeadProgress, _ body: ([DeadLetter], DeadProgress) async -> Bool
  ) async throws(Failure) -> Bool {
    var next: DeadPage? = try await store.deadPage(of: scope.key, after: nil, limit: first)
    // Who asks for a few letters has enough with those, most likely: four thousand more are not read ahead.
    var isTrial = first < Self.page
    while let page = next {
      if Task.isCancelled { return false }
      if isTrial {
        isTrial = false
        progress.seen += page.letters.count
        guard await body(page.letters, progress) else { return false }
        next = try await Self.following(store, scope.key, page.next).get()
        continue
      }
      let store = store
      let cursor = page.next
      // What came after the count was taken is not walked over: it is newer than the operator's look.
      async let following: Result<DeadPage?, Failure> = Self.following(store, scope.key, cursor)
      let letters = page.letters
      progress.seen += letters.count
      let goesOn = await body(letters, progress)
      switch await following {
      case .success(let page): next = page
      case .failure(let failure): throw failure
      }
      guard goesOn else { return false }
    }
    return true
  }

  private static func following(_ store: any DeadLetterStore, _ scope: [UInt8], _ cursor: DeadCursor?) async -> Result<DeadPage?, Failure> {
    guard let cursor else { return .success(nil) }
    do throws(Failure) { return .success(try await store.deadPage(of: scope, after: cursor, limit: page)) } catch { return .failure(error) }
  }
}

/// How far a walk is.
public struct DeadProgress: Equatable, Sendable {
  public internal(set) var seen = 0
  /// Letters there were when it began.
  public let total: Int
  public internal(set) var isWhole = false

  public init(total: Int) { self.total = total }
}
