/// A connector that can show dead letters.
public protocol DeadLetterStore: Connector {
  /// The sets that hold them, each with its length.
  func deadScopes() async throws(Failure) -> [DeadScope]

  /// A page of a set, newest first, read without changing anything. The cursor names the last entry that was seen, so that entries
  /// coming and going meanwhile neither repeat nor hide others.
  func deadPage(of scope: [UInt8], after cursor: DeadCursor?, limit: Int) async throws(Failure) -> DeadPage

  /// The letters of these targets, in their order; nil where one is gone.
  func deadLetters(_ targets: [Target]) async throws(Failure) -> [DeadLetter?]

  /// All that can be known of one.
  func inspect(_ target: Target) async throws(Failure) -> DeadLetterDetail
}

/// A set of dead letters.
public struct DeadScope: Hashable, Sendable {
  /// As the connector names it in targets.
  public let key: [UInt8]
  /// The name for people; for systems with one set per queue, the queue.
  public let name: SafeText
  public let count: Int
  /// One set per queue; otherwise each letter tells its queue.
  public let isQueue: Bool
  /// False for sets that the system itself still works on, such as Sidekiq's retry set: they are meant only where they are named.
  public let isDead: Bool

  public init(key: [UInt8], name: SafeText, count: Int, isQueue: Bool = true, isDead: Bool = true) {
    self.isQueue = isQueue
    self.isDead = isDead
    self.key = key
    self.name = name
    self.count = count
  }
}

/// Where a walk through a set stands.
public struct DeadCursor: Hashable, Sendable {
  /// Last entries seen, newest first: where the last one is gone, the one before it tells the place.
  public let last: [[UInt8]]
  public let position: Double
  /// How many entries were walked over.
  public let walked: Int

  public init(last: [[UInt8]], position: Double, walked: Int) {
    self.last = last
    self.position = position
    self.walked = walked
  }
}

/// What was read for a page. Reading it into letters is left to whoever has a thread for it.
public struct DeadPage: Sendable {
  public let count: Int
  /// Nil at the end.
  public let next: DeadCursor?
  private let decode: @Sendable () -> [DeadLetter]

  public init(count: Int, next: DeadCursor?, decode: @escaping @Sendable () -> [DeadLetter]) {
    self.count = count
    self.next = next
    self.decode = decode
  }

  public var letters: [DeadLetter] { decode() }
}

/// A store whose newest letters cost next to nothing to read: they are looked at as they come, so that it can be said what fails.
public protocol RecentFailureReader: DeadLetterStore {}

extension RecentFailureReader {
  /// The newest letters of the sets that hold some, each the newest first.
  /// - Parameter limit: per set; of at most eight sets, the longest.
  public func recentFailures(limit: Int) async throws(Failure) -> [DeadLetter] {
    let scopes = try await deadScopes().filter { $0.isDead && $0.count > 0 }.sorted { $0.count > $1.count }
    var out: [DeadLetter] = []
    for scope in scopes.prefix(8) { out += try await deadPage(of: scope.key, after: nil, limit: limit).letters }
    return out
  }
}

/// A store that can name what is in a set without reading what each of it holds.
public protocol DeadIdentityReader: DeadLetterStore {
  /// Everything in a set, newest first, at most `limit`. What comes meanwhile is not among it.
  func deadIdentities(of scope: [UInt8], limit: Int) async throws(Failure) -> TargetList
}
