import Testing

@testable import Terminal

@Suite("Frames follow each other as fast as the line carries them")
struct LinePaceTests {
  /// A terminal that has answered the first request after so many seconds.
  private func answering(after seconds: Double = 0.01) -> LinePace {
    var pace = LinePace()
    pace.begin(at: 0)
    _ = pace.answered(at: seconds)
    return pace
  }

  @Test("a terminal that never answers counts as fast")
  func silent() {
    var pace = LinePace()
    pace.begin(at: 0)
    for second in 1...300 {
      #expect(pace.isReady(isReaction: false, at: Double(second)))
      _ = pace.wrote(4000, isRefresh: true, at: Double(second))
    }
    let asks1 = pace.wrote(4000, isRefresh: true, at: 301)
    #expect(!asks1, "it is not asked for ever")
    #expect(pace.piece == nil)
  }

  @Test("a frame waits until the one before it has arrived")
  func oneFrame() {
    var pace = answering()
    let asks2 = pace.wrote(4000, isRefresh: true, at: 1)
    #expect(asks2)
    #expect(!pace.isReady(isReaction: true, at: 1.5))
    _ = pace.answered(at: 2)
    #expect(pace.isReady(isReaction: true, at: 2))
  }

  @Test("moves of the cursor on a line that is far but fast wait for nothing")
  func far() {
    var pace = answering(after: 0.4)
    let asks3 = pace.wrote(90, isRefresh: false, at: 1)
    #expect(!asks3)
    let asks4 = pace.wrote(90, isRefresh: false, at: 1.05)
    #expect(!asks4)
    #expect(pace.isReady(isReaction: true, at: 1.1))
    let asks5 = pace.wrote(90, isRefresh: false, at: 1.1)
    #expect(asks5)
    let asks6 = pace.answered(at: 1.52)
    #expect(!asks6)
    #expect(pace.rate == nil && pace.piece == nil, "what took long was the way")
  }

  @Test("at 9,600 baud a frame goes in pieces of a third of a second, and the line rests between refreshes")
  func slow() {
    var pace = answering(after: 0.2)
    let asks7 = pace.wrote(1920, isRefresh: true, at: 1)
    #expect(asks7)
    _ = pace.answered(at: 3)
    #expect((800...1200).contains(Int(pace.rate ?? 0)))
    #expect((200...400).contains(pace.piece ?? 0))
    #expect(pace.isReady(isReaction: true, at: 3))
    #expect(!pace.isReady(isReaction: false, at: 6))
    #expect(pace.isReady(isReaction: false, at: 7.1))
  }

  @Test("what was written before the first answer is asked for then")
  func start() {
    var pace = LinePace()
    pace.begin(at: 0)
    let asks8 = pace.wrote(3500, isRefresh: true, at: 0.05)
    #expect(!asks8)
    let asks9 = pace.answered(at: 0.2)
    #expect(asks9)
    #expect(!pace.isReady(isReaction: true, at: 1))
    _ = pace.answered(at: 3.8)
    #expect((800...1200).contains(Int(pace.rate ?? 0)))
  }

  @Test("an answer that is lost holds frames up for a time, not for ever")
  func lost() {
    var pace = answering()
    _ = pace.wrote(4000, isRefresh: true, at: 1)
    #expect(!pace.isReady(isReaction: true, at: 30))
    #expect(pace.isReady(isReaction: true, at: 31))
    let asks10 = pace.wrote(4000, isRefresh: true, at: 31)
    #expect(asks10, "it is asked again")
  }

  @Test("one slow answer on a fast line is forgotten with the next")
  func jitter() {
    var pace = answering()
    _ = pace.wrote(400, isRefresh: true, at: 1)
    _ = pace.answered(at: 2)
    #expect(pace.piece != nil)
    _ = pace.wrote(400, isRefresh: true, at: 5)
    _ = pace.answered(at: 5.02)
    #expect(pace.piece == nil)
  }
}
