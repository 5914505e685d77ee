import OpsModel

/// Numbers of a stretch of time, series by series: for each its number, how many, and pairs of (seconds since the stretch began, value)
/// in single precision.
struct SampleBlock {
  private(set) var series: [Int: [(time: Float, value: Float)]] = [:]

  var isEmpty: Bool { series.isEmpty }

  mutating func add(_ number: Int, time: Double, value: Double) { series[number, default: []].append((Float(time), Float(value))) }

  /// One point for each `seconds`, the greatest: a peak is not lost.
  func thinned(each seconds: Float) -> SampleBlock {
    var out = SampleBlock()
    for (number, points) in series {
      var kept: [(time: Float, value: Float)] = []
      for point in points {
        if let last = kept.last, (last.time / seconds).rounded(.down) == (point.time / seconds).rounded(.down) {
          if point.value > last.value { kept[kept.count - 1] = point }
        } else {
          kept.append(point)
        }
      }
      out.series[number] = kept
    }
    return out
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

  init(bytes: [UInt8]) throws(TapeProblem) {
    var place = 0
    func word() throws(TapeProblem) -> UInt32 {
      guard place + 4 <= bytes.count else { throw .damaged("numbers are cut off") }
      defer { place += 4 }
      return UInt32(bytes[place]) | UInt32(bytes[place + 1]) << 8 | UInt32(bytes[place + 2]) << 16 | UInt32(bytes[place + 3]) << 24
    }
    while place < bytes.count {
      let number = Int(try word())
      let count = Int(try word())
      guard count <= (bytes.count - place) / 8 else { throw .damaged("numbers are cut off") }
      var times: [Float] = []
      times.reserveCapacity(count)
      for _ in 0..<count { times.append(Float(bitPattern: try word())) }
      var points: [(time: Float, value: Float)] = []
      points.reserveCapacity(count)
      for time in times { points.append((time, Float(bitPattern: try word()))) }
      series[number, default: []] += points
    }
  }
}
