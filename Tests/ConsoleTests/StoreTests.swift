import OpsModel
import Testing

@testable import Console

@Suite("History and rates")
struct StoreTests {
  let clock = FakeClock()

  @Test("growth is reckoned over half a minute, and unknown with one measurement")
  func growth() {
    var store = Store()
    store.add(Fixtures.orders)
    let id = Fixtures.queue("orders", "default", 0).id
    store.observed(Fixtures.queues(clock, [Fixtures.queue("orders", "default", 100)]))
    #expect(store.view.growth(of: id) == nil)
    for step in 1...20 {
      clock.advance(2)
      store.observed(Fixtures.queues(clock, [Fixtures.queue("orders", "default", 100 + step * 6)]))
    }
    #expect(abs((store.view.growth(of: id) ?? 0) - 3) < 0.01)
    #expect(store.view.drain(of: Fixtures.queue("orders", "default", 220)) == .never)
    #expect(store.view.drain(of: Fixtures.queue("orders", "default", 0)) == .empty)
  }

  @Test("counters of workers add up although workers come, go and start again")
  func counters() {
    var store = Store()
    store.add(Fixtures.orders)
    func observe(_ counts: [String: Int]) {
      let workers = counts.map { name, count in
        var worker = Fixtures.worker(name, .idle)
        worker.processed = count
        return worker
      }
      store.observed(Fixtures.queues(clock, [], workers: workers))
      clock.advance(10)
    }
    observe(["a": 100, "b": 50])
    observe(["a": 110, "c": 7000])
    observe(["a": 5, "c": 7010])
    // 10 of a, 10 of c, and 5 since a started again: 25 in 20 s. What c had done before it was first seen does not count.
    let rate = store.view.doneRate(of: Fixtures.orders)
    #expect(abs((rate ?? 0) - 1.25) < 0.01)
    // Its own line does not fall either: 10 and 5 in 20 s.
    let own = store.view.history.rate(.done, of: Fixtures.worker("a", .idle).id)
    #expect(abs((own ?? 0) - 0.75) < 0.01)
  }

  @Test("a sparkline keeps its stretches: it moves once per stretch and shows what was not measured as a gap")
  func sparkline() {
    var series = Series(start: 1000)
    for step in 0..<10 { series.append(Double(step), at: 1000 + Double(step) * 2) }
    let early = series.buckets(5, each: 10, until: 1019, interval: 2)
    #expect(early == [nil, nil, nil, 4, 9])
    series.append(3, at: 1045)
    #expect(series.buckets(5, each: 10, until: 1045, interval: 2) == [4, 9, nil, nil, 3])
  }

  @Test("a series is bounded")
  func bounded() {
    var series = Series(start: 0)
    for step in 0..<5000 { series.append(Double(step), at: Double(step)) }
    #expect(series.span == Double(Series.capacity - 1))
    #expect(series.rate(window: 30) == 1)
  }
}
