import Testing

@testable import OpsModel

@Suite("Arithmetic of counters and histograms")
struct RuntimeArithmeticTests {
  @Test("a rate needs two looks, and is the growth over the time between them")
  func rate() {
    var window = CounterWindow(length: 15)
    window.add(100, at: 0)
    #expect(window.rate == nil)
    window.add(130, at: 10)
    #expect(window.rate == 3 && window.growth?.by == 30)
  }

  @Test("a counter that falls began anew: what it shows then came since")
  func reset() {
    var window = CounterWindow(length: 60)
    for (value, at) in [(100.0, 0.0), (110, 5), (4, 10), (10, 15)] { window.add(value, at: at) }
    #expect(window.growth?.by == 20 && window.growth?.seconds == 15 && window.resets == 1)
  }

  @Test("after a restart nothing of before counts, even where the new value is larger")
  func restart() {
    var window = CounterWindow(length: 60)
    window.add(100, at: 0)
    window.restarted()
    window.add(5_000, at: 5)
    #expect(window.rate == nil)
    window.add(5_010, at: 10)
    #expect(window.rate == 2)
  }

  @Test("NaN and infinite values are left out, and old samples leave the window")
  func hostile() {
    var window = CounterWindow(length: 10)
    for at in 0..<100 { window.add(Double(at), at: Double(at)) }
    window.add(.nan, at: 100)
    window.add(.infinity, at: 101)
    #expect(window.growth?.by == 10 && window.growth?.seconds == 10)
  }

  static let reference: [BucketQuantile.Bucket] = [
    .init(upTo: 0.1, 10), .init(upTo: 0.5, 60), .init(upTo: 1, 90), .init(upTo: .infinity, 100),
  ]

  @Test(
    "quantiles are those of Prometheus itself",
    arguments: [(0.05, 0.05), (0.1, 0.1), (0.5, 0.42), (0.75, 0.75), (0.9, 1.0)])
  func quantile(_ quantile: Double, _ wanted: Double) throws {
    let found = try #require(BucketQuantile.of(quantile, Self.reference))
    #expect(abs(found.value - wanted) < 1e-12 && !found.isClamped)
  }

  @Test("beyond the highest bound it is that bound, and says that it is more")
  func clamped() throws {
    let found = try #require(BucketQuantile.of(0.95, Self.reference))
    #expect(found.value == 1 && found.isClamped)
  }

  @Test("no number without an unbounded bucket, with one bucket, or with nothing counted")
  func none() {
    #expect(BucketQuantile.of(0.5, Array(Self.reference.dropLast())) == nil)
    #expect(BucketQuantile.of(0.5, [.init(upTo: .infinity, 3)]) == nil)
    #expect(BucketQuantile.of(0.5, Self.reference.map { .init(upTo: $0.bound, 0) }) == nil)
    #expect(BucketQuantile.of(0.5, []) == nil)
  }

  @Test("bounds are numbers: equal ones of two processes are added up, and counts never fall")
  func merged() throws {
    let two = Self.reference + Self.reference.reversed()
    #expect(BucketQuantile.of(0.5, two)?.value == BucketQuantile.of(0.5, Self.reference)?.value)
    let uneven: [BucketQuantile.Bucket] = [.init(upTo: 1, 10), .init(upTo: 2, 8), .init(upTo: .infinity, 10)]
    #expect(try #require(BucketQuantile.of(0.9, uneven)).value == 0.9)
  }

  @Test("a first bucket at or below zero has no lower edge")
  func negative() {
    #expect(BucketQuantile.of(0.1, [.init(upTo: -1e-300, 10), .init(upTo: .infinity, 10)])?.value == -1e-300)
  }

  @Test("numbers read as people say them, and a bound says that it is one")
  func words() {
    #expect(Signal.Unit.seconds.text(0.182) == "182ms" && Signal.Unit.seconds.text(0.0007) == "0.7ms")
    #expect(Signal.Unit.share.text(0.021) == "2.1 %" && Signal.Unit.share.text(0.94) == "94 %" && Signal.Unit.share.text(0) == "0 %")
    #expect(Units.bytes(612 * 1_048_576, of: 863 * 1_048_576) == "612/863 MB")
    #expect(Units.bytes(4 * 1_048_576, of: 4 * 1_073_741_824) == "4.0 MB/4.0 GB")
    #expect(SignalValue(10, from: .metrics, .atLeast).text(.seconds) == ">10s")
    #expect(SignalValue(1, from: .proc, .atLeast).text(.share) == "100 %")
  }

  @Test("of two rungs the higher one wins, whichever comes first")
  func rungs() {
    var low = SignalSet()
    low.set(.rss, 1, from: .proc)
    low.set(.cpu, 0.5, from: .proc)
    var high = SignalSet()
    high.set(.rss, 2, from: .metrics)
    var left = low
    left.merge(high)
    var right = high
    right.merge(low)
    #expect(left[.rss] == 2 && right[.rss] == 2 && left[.cpu] == 0.5 && right[.cpu] == 0.5 && left.rungs == [.metrics, .proc])
  }
}
