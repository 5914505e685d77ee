import OpsModel

/// Since when which message has been next in its list. The envelope holds no time of queueing, so this is all that can be known:
/// the message has waited at least as long as we have seen it there.
struct CeleryTails: Sendable {
  /// A message larger than this is not fetched at every poll but every half minute.
  static let heavy = 65_536
  static let heavyInterval = 30.0

  private struct Seen {
    let tag: [UInt8]
    let since: Moment
    let size: Int
    var at: Moment
  }

  private var lists: [[UInt8]: Seen] = [:]

  /// Lists whose tail should be read now.
  func due(_ queues: [[UInt8]], _ keys: CeleryKeys, at now: Moment) -> [[UInt8]] {
    queues.flatMap { keys.lists($0) }.filter { list in
      guard let seen = lists[list], seen.size > Self.heavy else { return true }
      return now.age(since: seen.at) >= Self.heavyInterval
    }
  }

  mutating func seen(_ tails: [CeleryPoll.Tail], at now: Moment) {
    for tail in tails {
      guard let tag = tail.tag else {
        lists[tail.list] = nil
        continue
      }
      if var known = lists[tail.list], known.tag == tag {
        known.at = now
        lists[tail.list] = known
      } else {
        lists[tail.list] = Seen(tag: tag, since: now, size: tail.size, at: now)
      }
    }
  }

  /// The longest wait over the priority lists of a queue.
  func age(of queue: [UInt8], _ keys: CeleryKeys, at now: Moment) -> OldestAge {
    let ages = keys.lists(queue).compactMap { lists[$0].map { now.age(since: $0.since) } }
    return ages.max().map { .atLeast($0) } ?? .unknown
  }
}
