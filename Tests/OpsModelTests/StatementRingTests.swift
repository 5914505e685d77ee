import Testing

@testable import OpsModel

@Suite("Looks at the counters of statements")
struct StatementRingTests {
  private static func key(_ number: Int64, top: Bool = true) -> StatementKey {
    StatementKey(user: 10, database: 5, query: number, isTop: top)
  }

  private static func counters(_ calls: Double, _ total: Double, longest: Double = 0, since: Double = 0) -> StatementCounters {
    var out = StatementCounters()
    out.calls = calls
    out.total = total
    out.longest = longest
    out.since = since
    return out
  }

  private static func stamp(_ steady: Double, active: Double? = nil, reset: Double? = 1, evictions: Double? = 0) -> StatementStamp {
    var out = StatementStamp(at: Moment(steady: steady, unix: steady))
    out.activeTime = active
    out.resetAt = reset
    out.evictions = evictions
    return out
  }

  @Test("with one look the numbers are those since counting began, and no rate is told")
  func one() {
    var ring = StatementRing()
    ring.add([(Self.key(1), Self.counters(10, 100))], Self.stamp(0))
    let window = ring.log.window(60)
    #expect(window.span == nil && window.rows.first?.counters.calls == 10 && window.perSecond(10) == nil && window.unattributed == nil)
  }

  @Test("a window is the difference of two looks; what did nothing is left out")
  func difference() {
    var ring = StatementRing()
    ring.add([(Self.key(1), Self.counters(10, 100)), (Self.key(2), Self.counters(5, 50))], Self.stamp(0, active: 0))
    ring.add([(Self.key(1), Self.counters(30, 500)), (Self.key(2), Self.counters(5, 50))], Self.stamp(10, active: 1_000))
    let window = ring.log.window(60)
    #expect(window.rows.count == 1 && window.rows[0].counters.calls == 20 && window.rows[0].counters.total == 400)
    #expect(window.span == 10 && window.perSecond(20) == 2 && window.total == 400 && window.unattributed == 600)
    #expect(window.share(of: window.rows[0]) == 1)
  }

  @Test("mean and deviation are those of the window, not of all time")
  func deviation() {
    var ring = StatementRing()
    // First ten calls of 1 ms each, then ten that took 90 and 110 in turn.
    var old = Self.counters(10, 10)
    old.setSquares(mean: 1, deviation: 0)
    var new = Self.counters(20, 1_010)
    let squares = 10.0 + 5 * (90 * 90) + 5 * (110 * 110)
    let mean = 1_010.0 / 20
    new.setSquares(mean: mean, deviation: (squares / 20 - mean * mean).squareRoot())
    ring.add([(Self.key(1), old)], Self.stamp(0))
    ring.add([(Self.key(1), new)], Self.stamp(10))
    let row = ring.log.window(60).rows[0]
    #expect(row.counters.mean == 100 && abs((row.counters.deviation ?? 0) - 10) < 0.001)
  }

  @Test("a statement that is new in the window counts whole, one that began anew counts whole and is marked, one that is gone is counted")
  func comings() {
    var ring = StatementRing()
    ring.add([(Self.key(1), Self.counters(100, 100)), (Self.key(2), Self.counters(9, 9))], Self.stamp(0))
    ring.add(
      [(Self.key(1), Self.counters(3, 4)), (Self.key(3), Self.counters(7, 7))], Self.stamp(10, evictions: 2))
    let window = ring.log.window(60)
    let rows = Dictionary(uniqueKeysWithValues: window.rows.map { ($0.key.query, $0) })
    #expect(rows[1]?.isRestarted == true && rows[1]?.counters.calls == 3)
    #expect(rows[3]?.isRestarted == false && rows[3]?.counters.calls == 7)
    #expect(window.evicted == 1 && window.evictions == 2)
  }

  @Test("from 17 on the server tells since when it counts, so that a fast restart is not missed")
  func since() {
    var ring = StatementRing()
    ring.add([(Self.key(1), Self.counters(5, 5, since: 100))], Self.stamp(0))
    ring.add([(Self.key(1), Self.counters(50, 50, since: 105))], Self.stamp(10))
    #expect(ring.log.window(60).rows[0].isRestarted && ring.log.window(60).rows[0].counters.calls == 50)
  }

  @Test("after a reset of all, or a restart of the server, nothing older is compared")
  func resets() {
    var ring = StatementRing()
    ring.add([(Self.key(1), Self.counters(5, 5))], Self.stamp(0, reset: 1))
    ring.add([(Self.key(1), Self.counters(9, 9))], Self.stamp(10, reset: 2))
    #expect(ring.log.window(60).span == nil && ring.log.window(60).rows[0].counters.calls == 9)
  }

  @Test("statements inside functions are listed, and not summed twice")
  func nested() {
    var ring = StatementRing()
    ring.add([], Self.stamp(0))
    ring.add([(Self.key(1), Self.counters(1, 100)), (Self.key(1, top: false), Self.counters(1, 90))], Self.stamp(10))
    let window = ring.log.window(60)
    #expect(window.rows.count == 2 && window.total == 100)
    #expect(window.share(of: window.rows.first { !$0.key.isTop } ?? window.rows[0]) == nil)
  }

  @Test("an hour of looks every ten seconds stays small, and every window begins where it should")
  func hour() {
    var ring = StatementRing()
    for step in 0...400 {
      let time = Double(step) * 10
      ring.add([(Self.key(1), Self.counters(Double(step) * 10, Double(step) * 100)), (Self.key(2), Self.counters(1, 1))], Self.stamp(time))
    }
    let log = ring.log
    #expect(log.layers.count < 50)
    for seconds in StatementLog.windows {
      let window = log.window(seconds)
      let span = window.span ?? 0
      #expect(span >= seconds * 0.95 && span <= seconds * 1.2, "\(seconds): \(span)")
      // One call per second: the difference is exact however many looks between were dropped.
      #expect(window.rows.count == 1 && window.rows[0].counters.calls == span)
    }
  }

  @Test("statements that come and go do not pile up, and the numbers of the others stay right")
  func churn() {
    var ring = StatementRing()
    for step in 0..<60 {
      let passing = (0..<200).map { (key: Self.key(Int64(1_000_000 + step * 200 + $0)), value: Self.counters(1, 1)) }
      ring.add(passing + [(key: Self.key(1), value: Self.counters(Double(step), Double(step)))], Self.stamp(Double(step) * 100))
    }
    #expect(ring.log.keys.count < 12_000)
    let window = ring.log.window(300)
    #expect(window.rows.first { $0.key == Self.key(1) }?.counters.calls == (window.span ?? 0) / 100)
  }

  @Test("looks that hold little but what changed take little room")
  func size() {
    var ring = StatementRing()
    let idle = (2...5_000).map { (key: Self.key(Int64($0)), value: Self.counters(1, 1)) }
    for step in 0..<20 { ring.add(idle + [(key: Self.key(1), value: Self.counters(Double(step), 1))], Self.stamp(Double(step) * 10)) }
    #expect(ring.log.layers.reduce(0) { $0 + $1.older.count } <= 20)
  }
}
