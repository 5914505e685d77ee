import OpsModel
import Testing

@testable import Connectors

@Suite("The graph of locks")
struct LockGraphTests {
  private static let row = LockEntry.Tag(type: "tuple", parts: ["1", "2", "0", "1", "", "", "", "", ""])
  private static let table = LockEntry.Tag(type: "relation", parts: ["1", "2", "", "", "", "", "", "", ""])

  private static func entry(_ pid: Int, _ tag: LockEntry.Tag, _ mode: String, _ isGranted: Bool, waited: Double? = nil) -> LockEntry {
    LockEntry(pid: pid, tag: tag, mode: mode, isGranted: isGranted, virtualTransaction: "\(pid)/1", waited: waited, relation: "t")
  }

  @Test("who holds the lock counts, and not those ahead in the queue")
  func hard() {
    let entries = [
      Self.entry(1, Self.row, "ExclusiveLock", true), Self.entry(2, Self.row, "ExclusiveLock", false),
      Self.entry(3, Self.row, "ExclusiveLock", false),
    ]
    let graph = LockGraph(entries: entries, edges: [(2, [1]), (3, [1, 2])], leader: [:])
    #expect(graph.blockers[3] == [LockGraph.Edge(blocker: .session(1), isHard: true)])
    #expect(graph.victims(of: .session(1)) == [2, 3] && graph.roots == [.session(1)])
  }

  @Test("a weak lock that the waiter could share does not make its holder a blocker")
  func modes() {
    let entries = [
      Self.entry(1, Self.table, "AccessShareLock", true), Self.entry(2, Self.table, "AccessExclusiveLock", false),
      Self.entry(3, Self.table, "AccessShareLock", false),
    ]
    let graph = LockGraph(entries: entries, edges: [(2, [1]), (3, [2])], leader: [:])
    #expect(graph.blockers[2]?.first?.isHard == true && graph.blockers[3]?.first?.isHard == false)
    #expect(graph.blockers[3]?.first?.blocker == .session(2))
  }

  @Test("who holds is told by the lock table alone; those ahead in a queue are not")
  func holders() {
    let entries = [
      Self.entry(1, Self.table, "AccessShareLock", true), Self.entry(2, Self.table, "AccessExclusiveLock", false),
      Self.entry(3, Self.table, "AccessShareLock", false), Self.entry(4, Self.row, "ExclusiveLock", true),
      Self.entry(5, Self.row, "ExclusiveLock", false),
    ]
    let held = LockGraph.holders(entries, leader: [:])
    #expect(held.map(\.0) == [2, 5] && held.map(\.1) == [[1], [4]])
  }

  @Test("workers of a parallel query wait in their leader's name, and nobody waits for himself")
  func leaders() {
    let entries = [Self.entry(1, Self.table, "AccessExclusiveLock", true), Self.entry(21, Self.table, "AccessShareLock", false)]
    let graph = LockGraph(entries: entries, edges: [(21, [1, 20])], leader: [21: 20])
    #expect(graph.blockers[20]?.map(\.blocker) == [.session(1)] && graph.blockers[21] == nil)
  }

  @Test("a cycle has no root, and what waits behind it is not lost")
  func cycles() {
    let entries = [
      Self.entry(1, Self.row, "ExclusiveLock", false), Self.entry(2, Self.table, "ExclusiveLock", false),
      Self.entry(3, Self.table, "ExclusiveLock", false),
    ]
    let graph = LockGraph(entries: entries, edges: [(1, [2]), (2, [1]), (3, [2])], leader: [:])
    #expect(graph.roots.isEmpty && graph.cycles == [[1, 2]] && graph.victims(of: .session(2)) == [1, 3])
    let tree = LockTreeBuilder.build(source: "x", graph: graph, sessions: [])
    #expect(tree.rows.compactMap(\.pid).sorted() == [1, 2, 3] && tree.rows.first?.kind == .cycle)
  }

  @Test("shared victims are counted once, and roots that cause more waiting come first")
  func ranking() {
    var entries = [Self.entry(1, Self.table, "ShareLock", true), Self.entry(2, Self.table, "ShareLock", true)]
    entries.append(Self.entry(3, Self.table, "ExclusiveLock", false, waited: 5))
    entries.append(Self.entry(9, Self.row, "ExclusiveLock", true))
    entries.append(Self.entry(10, Self.row, "ExclusiveLock", false, waited: 60))
    let graph = LockGraph(entries: entries, edges: [(3, [1, 2]), (10, [9])], leader: [:])
    let tree = LockTreeBuilder.build(source: "x", graph: graph, sessions: [])
    #expect(tree.rows.filter { $0.depth == 0 }.map(\.pid) == [9, 1, 2] && tree.waiters == 2)
    #expect(tree.rows.filter { $0.pid == 3 }.count == 1)
  }

  @Test("a long queue, a long chain and thousands of edges are bounded")
  func large() {
    var entries = [Self.entry(1, Self.row, "ExclusiveLock", true)]
    var edges: [(Int, [Int])] = []
    for pid in 2...301 {
      entries.append(Self.entry(pid, Self.row, "ExclusiveLock", false, waited: Double(pid)))
      edges.append((pid, Array(1..<pid)))
    }
    let queue = LockTreeBuilder.build(source: "x", graph: LockGraph(entries: entries, edges: edges, leader: [:]), sessions: [])
    #expect(queue.rows.count == 4 && queue.rows.last?.count == 298)
    let chain = LockGraph(entries: [], edges: (2...2_000).map { ($0, [$0 - 1]) }, leader: [:])
    let tree = LockTreeBuilder.build(source: "x", graph: chain, sessions: [])
    #expect(tree.rows.count == LockTreeBuilder.depthLimit + 1 && tree.waiters == 1_999)
  }
}
