/// How many sessions each blocker holds up, directly and through others: the root of a chain counts all of them, and not only the
/// first in the queue.
enum BlockedSessions {
  /// Edges up to which chains are followed; beyond that only direct waiters are counted.
  static let edgeLimit = 20_000

  /// - Parameter blockers: for each waiting pid, whom it waits for.
  static func count(_ blockers: [Int: Set<Int>]) -> [Int: Int] {
    var waiters: [Int: [Int]] = [:]
    var edges = 0
    for (waiter, list) in blockers {
      edges += list.count
      for pid in list { waiters[pid, default: []].append(waiter) }
    }
    guard edges <= edgeLimit else { return waiters.mapValues(\.count) }
    return waiters.keys.reduce(into: [:]) { $0[$1] = reach(from: $1, waiters) }
  }

  private static func reach(from pid: Int, _ waiters: [Int: [Int]]) -> Int {
    var seen: Set<Int> = [pid]
    var open = [pid]
    while let next = open.popLast() {
      for waiter in waiters[next] ?? [] where seen.insert(waiter).inserted { open.append(waiter) }
    }
    return seen.count - 1
  }
}
