/// Reads the text formats of Prometheus (0.0.4, 1.0.0) and OpenMetrics 1.0, line by line: what can not be read is counted and left out,
/// the rest is kept. A strict reader would lose a whole target for one queue with a quote in its name.
struct ExpositionReader {
  /// Series beyond these are not read.
  static let mostSeries = 50_000

  private(set) var series = 0
  private(set) var malformed = 0
  /// The first line that could not be read.
  private(set) var example: [UInt8]?
  /// The end mark of OpenMetrics was seen.
  private(set) var hasEnd = false
  private(set) var isCut = false

  /// Calls `take` with each sample whose name `wants` says yes to. Labels are only made for those.
  mutating func read(_ body: [UInt8], wants: (Substring) -> Bool, take: (MetricSample) -> Void) {
    body.withUnsafeBufferPointer { bytes in
      var start = 0
      while start < bytes.count && !hasEnd {
        var end = start
        while end < bytes.count && bytes[end] != 0x0A { end += 1 }
        var last = end
        if last > start && bytes[last - 1] == 0x0D { last -= 1 }
        line(UnsafeBufferPointer(rebasing: bytes[start..<last]), wants, take)
        start = end + 1
        if series >= Self.mostSeries && start < bytes.count {
          isCut = true
          return
        }
      }
    }
  }

  private mutating func line(_ bytes: UnsafeBufferPointer<UInt8>, _ wants: (Substring) -> Bool, _ take: (MetricSample) -> Void) {
    var line = ExpositionLine(bytes)
    line.skipSpace()
    guard let first = line.peek else { return }
    if first == UInt8(ascii: "#") {
      hasEnd = bytes.elementsEqual("# EOF".utf8)
      return
    }
    guard let parsed = line.sample(wants: wants) else {
      malformed += 1
      if example == nil { example = Array(bytes.prefix(160)) }
      return
    }
    series += 1
    if let sample = parsed { take(sample) }
  }
}
