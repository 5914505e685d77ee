import OpsModel

/// The latest measurements of one number: at most 900, which is half an hour at two seconds.
public struct Series: Sendable {
  struct Point: Sendable {
    /// Seconds since the series began; single precision keeps a thousand series small.
    let time: Float
    let value: Float
  }

  public static let capacity = 900

  /// Unique among the series of one `History`; 0 outside of one.
  let number: Int
  private let start: Double
  private var points: [Point] = []
  private var head = 0

  init(start: Double, number: Int = 0) {
    self.start = start
    self.number = number
  }

  mutating func append(_ value: Double, at steady: Double) {
    let point = Point(time: Float(steady - start), value: Float(value))
    if points.count < Self.capacity {
      points.append(point)
    } else {
      points[head] = point
      head = (head + 1) % Self.capacity
    }
  }

  /// The oldest first.
  var all: [(time: Double, value: Double)] { (0..<count).map { (Double(point($0).time) + start, Double(point($0).value)) } }

  /// When the last value was measured.
  var last: Double? { count > 0 ? Double(point(count - 1).time) + start : nil }

  private var count: Int { points.count }

  private func point(_ index: Int) -> Point { points[(head + index) % points.count] }

  /// Change per second over the last `window` seconds; nil with fewer than two measurements in it.
  func rate(window: Double) -> Double? {
    guard count >= 2 else { return nil }
    let last = point(count - 1)
    var index = count - 2
    while index > 0 && Double(last.time - point(index - 1).time) <= window { index -= 1 }
    let first = point(index)
    let span = Double(last.time - first.time)
    // Two polls tell nothing of a trend.
    guard span >= Self.shortest, span <= window * 2 else { return nil }
    return Double(last.value - first.value) / span
  }

  /// Seconds of history without which no rate is told.
  static let shortest = 5.0

  /// Change over the last `window` seconds, or over all there is where that is less, and over how many seconds it came.
  func change(window: Double) -> (by: Double, seconds: Double)? {
    guard count >= 2 else { return nil }
    let last = point(count - 1)
    var index = count - 2
    while index > 0 && Double(last.time - point(index - 1).time) <= window { index -= 1 }
    let first = point(index)
    return (Double(last.value - first.value), Double(last.time - first.time))
  }

  /// Mean of what was measured over the last `window` seconds.
  func mean(window: Double) -> Double? {
    guard count > 0 else { return nil }
    let last = point(count - 1)
    var sum = 0.0
    var number = 0.0
    for index in stride(from: count - 1, through: 0, by: -1) {
      guard Double(last.time - point(index).time) <= window else { break }
      sum += Double(point(index).value)
      number += 1
    }
    return sum / number
  }

  /// Places of what was measured between `from` and `until` seconds before the last measurement, the oldest first.
  private func places(from: Double, until: Double) -> Range<Int>? {
    guard count > 0 else { return nil }
    let last = Double(point(count - 1).time)
    var end = count
    while end > 0 && last - Double(point(end - 1).time) < until { end -= 1 }
    var start = end
    while start > 0 && last - Double(point(start - 1).time) <= from { start -= 1 }
    return start < end ? start..<end : nil
  }

  func rate(from: Double, until: Double) -> Double? {
    guard let range = places(from: from, until: until), range.count >= 2 else { return nil }
    let first = point(range.lowerBound)
    let last = point(range.upperBound - 1)
    let span = Double(last.time - first.time)
    return span >= (from - until) / 2 ? Double(last.value - first.value) / span : nil
  }

  func mean(from: Double, until: Double) -> (value: Double, count: Int)? {
    guard let range = places(from: from, until: until) else { return nil }
    return (range.reduce(0) { $0 + Double(point($1).value) } / Double(range.count), range.count)
  }

  func fell(within seconds: Double) -> Bool {
    guard let range = places(from: seconds, until: 0) else { return false }
    return range.dropFirst().contains { point($0).value < point($0 - 1).value }
  }

  func steps(_ seconds: Double, count: Int, until now: Double) -> [Double?] {
    var sums = [(sum: Double, count: Double)](repeating: (0, 0), count: count)
    for index in stride(from: self.count - 1, through: 0, by: -1) {
      let place = count - 1 - Int(max(0, now - Double(point(index).time) - start) / seconds)
      guard place >= 0 else { break }
      sums[place].sum += Double(point(index).value)
      sums[place].count += 1
    }
    return sums.map { $0.count > 0 ? $0.sum / $0.count : nil }
  }

  /// Growth per second by least squares.
  func slope(atLeast: Double) -> Double? {
    guard count >= 10, span >= atLeast else { return nil }
    let number = Double(count)
    let meanTime = points.reduce(0) { $0 + Double($1.time) } / number
    let meanValue = points.reduce(0) { $0 + Double($1.value) } / number
    var product = 0.0
    var square = 0.0
    for point in points {
      let time = Double(point.time) - meanTime
      product += time * (Double(point.value) - meanValue)
      square += time * time
    }
    return square > 0 ? product / square : nil
  }

  var range: (least: Double, most: Double)? {
    guard let first = points.first else { return nil }
    let bounds = points.reduce((first.value, first.value)) { (min($0.0, $1.value), max($0.1, $1.value)) }
    return (Double(bounds.0), Double(bounds.1))
  }

  /// How far back the series reaches, in seconds.
  var span: Double { count < 2 ? 0 : Double(point(count - 1).time - point(0).time) }

  /// The greatest value in each of `count` stretches of `seconds`, the last of them holding `now`; nil where nothing was measured.
  ///
  /// Stretches begin at multiples of their length, so that a drawn graph moves once per stretch and not at every poll.
  func buckets(_ count: Int, each seconds: Double, until now: Double, interval: Double) -> [Double?] {
    var out = [Double?](repeating: nil, count: count)
    let lastSlot = Int((now / seconds).rounded(.down))
    var carried: (slot: Int, value: Double, time: Double)?
    for index in 0..<self.count {
      let point = point(index)
      let time = Double(point.time) + start
      let slot = count - 1 - (lastSlot - Int((time / seconds).rounded(.down)))
      let value = Double(point.value)
      // Polls are not aligned to stretches: a stretch without one keeps the value while the source was read at all.
      if let carried, time - carried.time <= interval * 2.5 {
        var between = carried.slot + 1
        while between < slot && between < count {
          if between >= 0 { out[between] = carried.value }
          between += 1
        }
      }
      if slot >= 0 && slot < count { out[slot] = max(out[slot] ?? value, value) }
      carried = (slot, value, time)
    }
    if let carried, now - carried.time <= interval * 2.5, carried.slot + 1 < count {
      for slot in max(0, carried.slot + 1)..<count { out[slot] = carried.value }
    }
    return out
  }
}
