import OpsModel

/// Makes the tree that is shown: roots by how much waiting they cause, everyone below whom he waits for, long queues in one line.
struct LockTreeBuilder {
  /// A prepared transaction, as its owner named it.
  struct Prepared {
    let name: SafeText
    let owner: SafeText?
    let age: Double?
  }

  static let rowLimit = 400
  /// Waiters of one lock that are shown one by one.
  static let shownOfQueue = 2
  static let depthLimit = 40

  let source: SafeText
  let graph: LockGraph
  let sessions: [Int: SessionState]
  let prepared: [String: Prepared]
  private var tree = LockTree()
  private var seen: Set<Int> = []

  init(source: SafeText, graph: LockGraph, sessions: [Int: SessionState], prepared: [String: Prepared]) {
    self.source = source
    self.graph = graph
    self.sessions = sessions
    self.prepared = prepared
  }

  static func build(
    source: SafeText, graph: LockGraph, sessions: [SessionState], prepared: [String: Prepared] = [:]
  ) -> LockTree {
    let byPid = Dictionary(sessions.map { ($0.pid, $0) }, uniquingKeysWith: { first, _ in first })
    var builder = LockTreeBuilder(source: source, graph: graph, sessions: byPid, prepared: prepared)
    return builder.run()
  }

  private mutating func run() -> LockTree {
    let roots = graph.roots.map { root in row(of: root) }.sorted { ($1.row.suffering, $0.order) < ($0.row.suffering, $1.order) }
    tree.roots = roots.count
    tree.waiters = graph.blockers.count
    for (row, node, _) in roots {
      append(row)
      below(node, depth: 1)
    }
    for cycle in graph.cycles { append(cycle) }
    return tree
  }

  private mutating func append(_ row: LockRow) {
    if tree.rows.count < Self.rowLimit { tree.rows.append(row) } else { tree.cut += row.count }
  }

  // MARK: Below a blocker

  private enum Item {
    case waiter(Int)
    /// Several waiters of one lock, in one line.
    case queue([Int], LockEntry.Tag)
  }

  private mutating func below(_ node: LockGraph.Node, depth: Int) {
    var open = items(children(of: node)).reversed().map { (item: $0, depth: depth) }
    while let next = open.popLast() {
      switch next.item {
      case .queue(let pids, let tag): append(queue(pids, tag, depth: next.depth))
      case .waiter(let pid):
        guard seen.insert(pid).inserted else { continue }
        append(waiter(pid, depth: next.depth))
        if next.depth < Self.depthLimit {
          open += items(children(of: .session(pid))).reversed().map { (item: $0, depth: next.depth + 1) }
        }
      }
    }
  }

  private func children(of node: LockGraph.Node) -> [Int] { (graph.waiters[node] ?? []).sorted(by: isWorse) }

  private func isWorse(_ left: Int, _ right: Int) -> Bool {
    let behind = (graph.waiters[.session(left)]?.count ?? 0, graph.waiters[.session(right)]?.count ?? 0)
    if behind.0 != behind.1 { return behind.0 > behind.1 }
    return (waited(left) ?? 0, right) > (waited(right) ?? 0, left)
  }

  /// Leaves of one lock beyond the first few become one line, which stands after them.
  private mutating func items(_ pids: [Int]) -> [Item] {
    var items: [Item] = []
    var queued: [LockEntry.Tag: [Int]] = [:]
    var counts: [LockEntry.Tag: Int] = [:]
    for pid in pids where !seen.contains(pid) {
      guard let tag = graph.waits[pid]?.tag, graph.waiters[.session(pid)] == nil else {
        items.append(.waiter(pid))
        continue
      }
      counts[tag, default: 0] += 1
      if counts[tag, default: 0] <= Self.shownOfQueue { items.append(.waiter(pid)) } else { queued[tag, default: []].append(pid) }
    }
    for (tag, rest) in queued.sorted(by: { $0.value[0] < $1.value[0] }) {
      items.append(rest.count == 1 ? .waiter(rest[0]) : .queue(rest, tag))
      if rest.count > 1 { seen.formUnion(rest) }
    }
    return items
  }

  // MARK: Rows

  private func id(_ key: String) -> ResourceID { ResourceID(source: source, kind: .lock, key: key) }

  private func row(of root: LockGraph.Node) -> (row: LockRow, node: LockGraph.Node, order: String) {
    var out: LockRow
    switch root {
    case .session(let pid):
      out = LockRow(id: id("session \(pid)"), kind: .root)
      fill(&out, pid)
      out.remedy = LockRemedy.ofRoot(sessions[pid])
    case .prepared(let name):
      out = LockRow(id: id("prepared \(name)"), kind: .prepared)
      let known = prepared[name]
      out.application = known?.name ?? "a prepared transaction"
      out.user = known?.owner
      out.state = "prepared"
      out.transactionAge = known?.age
      out.remedy = LockRemedy.ofPrepared(known?.name)
    }
    out.holds = holds(root)
    count(&out, root)
    return (out, root, LockGraph.rank(root))
  }

  private func count(_ row: inout LockRow, _ node: LockGraph.Node) {
    let victims = graph.victims(of: node)
    row.victims = victims.count
    row.suffering = victims.reduce(0) { $0 + (waited($1) ?? 0) }
  }

  private func waiter(_ pid: Int, depth: Int) -> LockRow {
    var row = LockRow(id: id("session \(pid)"), kind: .waiter)
    fill(&row, pid)
    row.depth = depth
    row.waitsFor = waitsFor(pid)
    row.mode = graph.waits[pid].map { SafeText(escaping: $0.mode, limit: 40) }
    row.waited = waited(pid)
    row.isSoft = graph.blockers[pid].map { !$0.contains(where: \.isHard) } ?? false
    count(&row, .session(pid))
    let soft = (graph.waiters[.session(pid)] ?? []).filter { isSoft($0) }.count
    if soft > 0 { row.remedy = LockRemedy.ofQueueHead(sessions[pid], behind: soft) }
    return row
  }

  /// Who waits for another's transaction waits for a row that it changed, and has the next place for it.
  private func waitsFor(_ pid: Int) -> SafeText? {
    guard let wait = graph.waits[pid] else { return nil }
    guard wait.tag.type == "transactionid", let row = graph.held[.session(pid)]?.first(where: { $0.tag.type == "tuple" }) else {
      return wait.object
    }
    return "\(row.object) (\(wait.object))"
  }

  private func isSoft(_ pid: Int) -> Bool { graph.blockers[pid].map { !$0.contains(where: \.isHard) } ?? false }

  private func queue(_ pids: [Int], _ tag: LockEntry.Tag, depth: Int) -> LockRow {
    var row = LockRow(id: id("queue \(pids.min() ?? 0) \(tag.type)"), kind: .queue)
    row.depth = depth
    row.count = pids.count
    row.waitsFor = pids.first.flatMap { graph.waits[$0]?.object }
    row.waited = pids.compactMap { waited($0) }.max()
    row.isSoft = pids.first.map { isSoft($0) } ?? false
    return row
  }

  private mutating func append(_ cycle: [Int]) {
    var head = LockRow(id: id("cycle \(cycle.map(String.init).joined(separator: " "))"), kind: .cycle)
    head.state = "deadlock"
    head.count = cycle.count
    head.victims = cycle.count
    head.suffering = cycle.reduce(0) { $0 + (waited($1) ?? 0) }
    head.remedy = LockRemedy.ofCycle
    append(head)
    for pid in cycle where seen.insert(pid).inserted { append(waiter(pid, depth: 1)) }
    for pid in cycle { below(.session(pid), depth: 2) }
  }

  private func fill(_ row: inout LockRow, _ pid: Int) {
    row.pid = pid
    guard let session = sessions[pid] else { return }
    row.session = session.id
    row.application = session.application
    row.user = session.user
    row.state = session.isHidden ? "hidden" : session.state ?? session.backendType
    row.transactionAge = session.transactionAge
    row.query = session.query
  }

  /// Seconds; before 14, and in the first moments of a wait, since its state changed.
  private func waited(_ pid: Int) -> Double? { graph.waits[pid]?.waited ?? sessions[pid]?.stateAge }

  private func holds(_ node: LockGraph.Node) -> SafeText? {
    let all = graph.held[node] ?? []
    // A transaction waited for is a row that it changed; the row itself is named where somebody queues for it.
    let named = all.filter { $0.relation != nil || $0.tag.type == "advisory" }
    guard let first = named.first ?? all.first else { return nil }
    let mode = SafeText(escaping: first.mode, limit: 40)
    if first.tag.type == "transactionid", let row = rowBehind(node) {
      guard case .session(let pid) = node, sessions[pid]?.point?.waitsForStandby == true else { return "\(row), changed and not committed" }
      return "\(row), changed and committed here"
    }
    let others = Set(all.map(\.tag)).count - 1
    return others > 0 ? "\(mode) on \(first.object) and \(others) more" : "\(mode) on \(first.object)"
  }

  /// The row for which the first waiter of a transaction holds the place in the queue.
  private func rowBehind(_ node: LockGraph.Node) -> SafeText? {
    for pid in graph.waiters[node] ?? [] {
      if let place = (graph.held[.session(pid)] ?? []).first(where: { $0.tag.type == "tuple" }) { return place.object }
    }
    return nil
  }
}
