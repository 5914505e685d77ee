import Testing

@testable import Connectors

@Suite("Who holds up how many")
struct BlockedSessionsTests {
  @Test("the root of a chain counts everybody behind it, each once")
  func chain() {
    // 1 ← 2 ← 3 and 4, 4 also behind 3; another root 9 ← 8.
    let counts = BlockedSessions.count([2: [1], 3: [2], 4: [2, 3], 8: [9]])
    #expect(counts == [1: 3, 2: 2, 3: 1, 9: 1])
  }

  @Test("a cycle ends, and a crowd does not take for ever")
  func bounds() {
    #expect(BlockedSessions.count([1: [2], 2: [1]]) == [1: 1, 2: 1])
    var crowd: [Int: Set<Int>] = [:]
    for waiter in 1...900 { crowd[waiter] = Set(0..<waiter) }
    #expect(BlockedSessions.count(crowd)[0] == 900)
  }
}
