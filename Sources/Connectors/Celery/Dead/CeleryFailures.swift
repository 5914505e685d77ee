import OpsModel
import Synchronization

/// Which stored results are failures. One walk over the database finds those that are there, and every change is heard afterwards: with each
/// result Celery publishes the same bytes on a channel of the key's name.
///
/// Fed from the network's thread, read by the connector.
final class CeleryFailures: Sendable {
  struct Entry: Sendable {
    let id: [UInt8]
    let doneAt: Double
  }

  private struct State {
    var known: [[UInt8]: Double] = [:]
    var sorted: [Entry]?
    var isCut = false
    /// Results that are no JSON, as the walk met them.
    var unreadable = 0
    var heard: [Double] = []
    var last: (at: Double, task: SafeText?, error: SafeText?, message: SafeText?)?
  }

  /// Failures that are kept in mind.
  static let limit = 200_000
  /// Failures that are remembered for the feed, and for how many seconds.
  static let feedLimit = 10_000
  static let feedSeconds = 600.0
  /// Bytes of a published result that are read.
  static let payloadLimit = 1_048_576

  private let state = Mutex(State())
  private let keys: CeleryKeys
  private let clock: any OpsClock
  private let since: Moment

  init(keys: CeleryKeys, clock: any OpsClock) {
    self.keys = keys
    self.clock = clock
    since = clock.now()
  }

  var count: Int { state.withLock { $0.known.count } }
  var isCut: Bool { state.withLock { $0.isCut } }
  var unreadable: Int { state.withLock { $0.unreadable } }

  /// Newest first.
  var entries: [Entry] {
    state.withLock { state in
      if let sorted = state.sorted { return sorted }
      let sorted = state.known.map { Entry(id: $0.key, doneAt: $0.value) }.sorted {
        $0.doneAt != $1.doneAt ? $0.doneAt > $1.doneAt : $0.id.lexicographicallyPrecedes($1.id)
      }
      state.sorted = sorted
      return sorted
    }
  }

  /// A message of the result channels.
  func take(_ push: RedisPush) {
    guard push.channel.starts(with: keys.resultMark) else { return }
    let id = Array(push.channel.dropFirst(keys.resultMark.count))
    guard push.payload.count <= Self.payloadLimit, Self.saysFailure(push.payload), let result = CeleryResult(push.payload),
      result.isFailure
    else { return forget(id) }
    let now = clock.now().unix
    remember(id, result.doneAt ?? now)
    state.withLock { state in
      state.heard.append(now)
      if state.heard.count > Self.feedLimit { state.heard.removeFirst(Self.feedLimit / 10) }
      state.last = (now, result.task, result.errorType, result.message)
    }
  }

  /// The status stands first in what Celery writes; a large result is not read whole to learn that it is none of ours.
  static func saysFailure(_ payload: [UInt8]) -> Bool {
    String(decoding: payload.prefix(64), as: UTF8.self).contains("\"FAILURE\"")
  }

  func remember(_ id: [UInt8], _ doneAt: Double) {
    state.withLock { state in
      guard state.known[id] != nil || state.known.count < Self.limit else {
        state.isCut = true
        return
      }
      state.known[id] = doneAt
      state.sorted = nil
    }
  }

  func forget(_ id: [UInt8]) {
    state.withLock { state in if state.known.removeValue(forKey: id) != nil { state.sorted = nil } }
  }

  /// A walk has met all that is stored: what was known before and not met is gone.
  func keep(only met: Set<[UInt8]>, unreadable: Int, walkBegan: Double) {
    state.withLock { state in
      // What failed while the walk was under way may lie behind it.
      state.known = state.known.filter { met.contains($0.key) || $0.value >= walkBegan }
      state.sorted = nil
      state.unreadable = unreadable
    }
  }

  /// What was heard of late.
  func feed(at now: Moment) -> FailureFeed {
    state.withLock { state in
      let recent = state.heard.filter { now.unix - $0 < Self.feedSeconds }
      state.heard = recent
      return FailureFeed(
        listeningFor: now.age(since: since), window: Self.feedSeconds, count: recent.count, lastAt: state.last?.at, task: state.last?.task,
        errorType: state.last?.error, message: state.last?.message)
    }
  }
}
