import OpsModel

/// Who waits for whom, made of one read of the lock table and the answers of `pg_blocking_pids`.
struct LockGraph {
  /// A session by its pid, or a prepared transaction by its name in the lock table.
  enum Node: Hashable {
    case session(Int)
    case prepared(String)
  }

  struct Edge: Hashable {
    let blocker: Node
    /// The blocker holds what is waited for; otherwise it only stands ahead in the queue.
    let isHard: Bool
  }

  /// For each waiter, what it waits for.
  private(set) var waits: [Int: LockEntry] = [:]
  /// For each waiter, whom it waits for.
  private(set) var blockers: [Int: [Edge]] = [:]
  /// The other way round.
  private(set) var waiters: [Node: [Int]] = [:]
  /// What each holds that others wait for.
  private(set) var held: [Node: [LockEntry]] = [:]

  /// - Parameters:
  ///   - edges: pid and the pids it waits for; 0 stands for a prepared transaction.
  ///   - leader: for workers of a parallel query, the process that acts for them.
  init(entries: [LockEntry], edges: [(Int, [Int])], leader: [Int: Int]) {
    func process(_ pid: Int) -> Int { leader[pid] ?? pid }
    var holders: [LockEntry.Tag: [(node: Node, entry: LockEntry)]] = [:]
    for entry in entries {
      guard let node = Self.node(of: entry, process) else { continue }
      if entry.isGranted {
        holders[entry.tag, default: []].append((node, entry))
        held[node, default: []].append(entry)
      } else if let pid = entry.pid {
        waits[process(pid)] = entry
      }
    }
    for (pid, list) in edges {
      let waiter = process(pid)
      let wait = waits[waiter]
      // Those that hold it in a mode that keeps the waiter out, looked up once for all its blockers.
      let excluding = Set(
        (wait.flatMap { holders[$0.tag] } ?? []).filter { holder in wait.map { holder.entry.excludes($0.mode) } ?? false }.map(\.node))
      var found: Set<Edge> = []
      for blocker in list { found.formUnion(Self.edges(to: blocker, excluding, process)) }
      let others = found.filter { $0.blocker != .session(waiter) }
      // Whoever holds it matters; those ahead in the queue wait for the same.
      let hard = others.filter(\.isHard)
      let kept = hard.isEmpty ? others : hard
      guard !kept.isEmpty else { continue }
      blockers[waiter] = kept.sorted { Self.rank($0.blocker) < Self.rank($1.blocker) }
    }
    for (waiter, list) in blockers { for edge in list { waiters[edge.blocker, default: []].append(waiter) } }
  }

  /// Waiters whose lock somebody holds in a mode that keeps them out, with the pids of those; 0 for a prepared transaction. This is
  /// what `pg_blocking_pids` says of them as well, less those that are only ahead in the queue.
  static func holders(_ entries: [LockEntry], leader: [Int: Int]) -> [(Int, [Int])] {
    func process(_ pid: Int) -> Int { leader[pid] ?? pid }
    var granted: [LockEntry.Tag: [LockEntry]] = [:]
    for entry in entries where entry.isGranted { granted[entry.tag, default: []].append(entry) }
    return entries.compactMap { waiter in
      guard !waiter.isGranted, let pid = waiter.pid else { return nil }
      let found = (granted[waiter.tag] ?? []).filter { holder in
        holder.excludes(waiter.mode) && holder.pid.map { process($0) != process(pid) } ?? true
      }
      return found.isEmpty ? nil : (pid, Array(Set(found.map { $0.pid ?? 0 })).sorted())
    }
  }

  private static func node(of entry: LockEntry, _ process: (Int) -> Int) -> Node? {
    if let pid = entry.pid { return .session(process(pid)) }
    return entry.virtualTransaction.isEmpty ? nil : .prepared(entry.virtualTransaction)
  }

  private static func edges(to pid: Int, _ excluding: Set<Node>, _ process: (Int) -> Int) -> [Edge] {
    if pid == 0 {
      return excluding.compactMap { node in
        guard case .prepared = node else { return nil }
        return Edge(blocker: node, isHard: true)
      }
    }
    let node = Node.session(process(pid))
    return [Edge(blocker: node, isHard: excluding.contains(node))]
  }

  /// An order that does not depend on how the server sorts.
  static func rank(_ node: Node) -> String {
    switch node {
    case .session(let pid): String(pid)
    case .prepared(let transaction): "p" + transaction
    }
  }

  /// Everyone that waits for a node, directly or behind others.
  func victims(of node: Node) -> Set<Int> {
    var seen: Set<Int> = []
    var open = [node]
    while let next = open.popLast() {
      for waiter in waiters[next] ?? [] where seen.insert(waiter).inserted { open.append(.session(waiter)) }
    }
    if case .session(let own) = node { seen.remove(own) }
    return seen
  }

  /// Nodes that wait for nobody and hold somebody up.
  var roots: [Node] {
    waiters.keys.filter { node in
      guard case .session(let pid) = node else { return true }
      return blockers[pid] == nil
    }
  }

  /// Groups of sessions that wait for each other, and for nobody else: a deadlock that the server has not resolved yet, or edges that
  /// were read one after another while they changed.
  var cycles: [[Int]] {
    var reached = roots.reduce(into: Set<Int>()) { $0.formUnion(victims(of: $1)) }
    var out: [[Int]] = []
    for pid in blockers.keys.sorted() where !reached.contains(pid) {
      // From anywhere outside of all roots' reach the way up ends in a cycle.
      var path: [Int] = []
      var met: Set<Int> = []
      var place = pid
      while met.insert(place).inserted {
        path.append(place)
        guard case .session(let next)? = blockers[place]?.first?.blocker else { break }
        place = next
      }
      let cycle = path.drop { $0 != place }
      guard cycle.count > 1 else { continue }
      out.append(cycle.sorted())
      for member in cycle {
        reached.insert(member)
        reached.formUnion(victims(of: .session(member)))
      }
    }
    return out
  }
}
