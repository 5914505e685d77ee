import OpsModel

/// Reads the newest dead letters of a source while their number grows: what fails shall be known before somebody opens them.
struct FailureSampler {
  /// Seconds between two looks, and letters per set.
  static let every = 4.0
  static let page = 40

  private var last: (count: Int, at: Moment)?

  /// - Returns: nil where there is nothing new, or where it can not be read now: the next poll will say why.
  mutating func look(_ connector: any Connector, _ observation: Observation) async -> [DeadLetter]? {
    guard let store = connector as? any RecentFailureReader else { return nil }
    let known = observation.queues.compactMap(\.dead) + (observation.dead.map { [$0] } ?? [])
    let count = known.reduce(0, +)
    guard let before = last else {
      // What lay there at the start is no news, but tells what failed before.
      last = (count, observation.at)
      return count > 0 ? try? await store.recentFailures(limit: Self.page) : nil
    }
    guard count != before.count, observation.at.age(since: before.at) >= Self.every else { return nil }
    last = (count, observation.at)
    return count > before.count ? try? await store.recentFailures(limit: Self.page) : nil
  }
}
