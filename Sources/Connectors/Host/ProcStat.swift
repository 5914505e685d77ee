import Glibc

/// One line of `/proc/PID/stat` or `/proc/PID/task/TID/stat` (proc(5)). The name stands in brackets and may hold brackets and spaces itself:
/// fields are counted from the last closing one.
struct ProcStat {
  let name: [UInt8]
  let state: UInt8
  let parent: Int32
  /// Seconds of processor time.
  let cpu: Double
  let threads: Int
  /// Ticks since the system started: tells a process from a later one with its pid.
  let started: Int64
  /// Bytes.
  let rss: Double

  static let ticks = Double(max(1, sysconf(Int32(_SC_CLK_TCK))))
  static let page = Double(max(1, sysconf(Int32(_SC_PAGESIZE))))

  init?(_ text: UnsafeBufferPointer<UInt8>) {
    guard let open = text.firstIndex(of: UInt8(ascii: "(")), let close = text.lastIndex(of: UInt8(ascii: ")")), open < close else {
      return nil
    }
    name = Array(text[(open + 1)..<close])
    var numbers = [Int64](repeating: 0, count: 25)
    var field = 3
    var index = close + 2
    guard index < text.count else { return nil }
    state = text[index]
    while index < text.count && field < 25 {
      var value: Int64 = 0
      var isNegative = false
      while index < text.count, text[index] != UInt8(ascii: " "), text[index] != UInt8(ascii: "\n") {
        let digit = text[index]
        if digit == UInt8(ascii: "-") { isNegative = true }
        if digit >= 48 && digit <= 57 { value = value &* 10 &+ Int64(digit - 48) }
        index += 1
      }
      numbers[field] = isNegative ? -value : value
      field += 1
      index += 1
    }
    guard field >= 25 else { return nil }
    parent = Int32(truncatingIfNeeded: numbers[4])
    cpu = Double(numbers[14] + numbers[15]) / Self.ticks
    threads = Int(numbers[20])
    started = numbers[22]
    rss = Double(max(0, numbers[24])) * Self.page
  }
}
