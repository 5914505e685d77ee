import OpsModel

/// Numbers of a stretch of time, series by series: for each its number, how many, and pairs of (seconds since the stretch began, value)
/// in single precision.
struct SampleBlock {
  private(set) var series: [Int: [(time: Float, value: Float)]] = [:]

  var isEmpty: Bool { series.isEmpty }

  mutating func add(_ number: Int, time: Double, value: Double) { series[number, default: []].append((Float(time), Float(value))) }

  /// One point for each `seconds`, the greatest: a peak is not lost, and what is not kept takes no memory meanwhile.
  mutating func add(_ number: Int, time: Double, value: Double, each seconds: Float) {
    let point = (time: Float(time), value: Float(value))
    func step(_ time: Float) -> Float { (time / seconds).rounded(.down) }
    guard let place = series.index(forKey: number), let last = series.values[place].last, step(last.time) == step(point.time) else {
      return series[number, default: []].append(point)
    }
    if point.value > last.value { series.values[place][series.values[place].count - 1] = point }
  }

  var bytes: [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(series.reduce(0) { $0 + 8 + 8 * $1.value.count })
    func put(_ value: UInt32) { for shift in [0, 8, 16, 24] as [UInt32] { out.append(UInt8(truncatingIfNeeded: value >> shift)) } }
    for (number, points) in series.sorted(by: { $0.key < $1.key }) {
      put(UInt32(truncatingIfNeeded: number))
      put(UInt32(truncatingIfNeeded: points.count))
      for point in points { put(point.time.bitPattern) }
      for point in points { put(point.value.bitPattern) }
    }
    return out
  }

  init() {}

  /// Calls `body` with each series: its number, how many values, and a way to get one.
  /// - Throws: `TapeProblem.damaged` where the bytes end too early.
  static func read(_ bytes: [UInt8], _ body: (Int, Int, (Int) -> (time: Float, value: Float)) -> Void) throws(TapeProblem) {
    let isWhole = bytes.withUnsafeBytes { buffer -> Bool in
      func word(_ place: Int) -> UInt32 { UInt32(littleEndian: buffer.loadUnaligned(fromByteOffset: place, as: UInt32.self)) }
      var place = 0
      while place < buffer.count {
        guard place + 8 <= buffer.count else { return false }
        let number = Int(word(place))
        let count = Int(word(place + 4))
        place += 8
        guard count <= (buffer.count - place) / 8 else { return false }
        let times = place
        let values = place + 4 * count
        body(number, count) { index in
          (Float(bitPattern: word(times + 4 * index)), Float(bitPattern: word(values + 4 * index)))
        }
        place += 8 * count
      }
      return true
    }
    if !isWhole { throw .damaged("numbers are cut off") }
  }
}
