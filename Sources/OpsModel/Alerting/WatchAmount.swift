/// Bounds as people write them, each in the unit of its field: `10000`, `10k`, `5m`, `100ms`, `80%`, `1.5GB`, `10/min`.
enum WatchAmount {
  /// Nil where the text is no such amount.
  static func parse(_ text: Substring, _ unit: Signal.Unit) -> Double? {
    switch unit {
    case .perSecond, .bytesPerSecond:
      let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
      guard let number = number(parts[0], unit == .perSecond ? counts : sizes) else { return nil }
      guard parts.count == 2 else { return number }
      return per[String(parts[1])].map { number / $0 }
    case .seconds: return number(text, times)
    case .bytes: return number(text, sizes)
    case .share: return number(text, ["%": 0.01, "": 1])
    case .count, .cores: return number(text, counts)
    }
  }

  /// What an amount of a unit looks like.
  static func words(_ unit: Signal.Unit) -> SafeText {
    switch unit {
    case .perSecond: "a rate, as in 10/min"
    case .bytesPerSecond: "a rate, as in 5MB/s"
    case .seconds: "a time, as in 100ms, 30s or 5m"
    case .bytes: "a size, as in 512MB"
    case .share: "a share, as in 80%"
    case .count: "a count, as in 10000 or 10k"
    case .cores: "a number of cores, as in 1.5"
    }
  }

  private static let counts = ["": 1.0, "k": 1e3, "K": 1e3, "M": 1e6]
  private static let times = ["": 1.0, "ms": 0.001, "s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400]
  private static let sizes = ["": 1.0, "B": 1, "kB": 1024, "KB": 1024, "MB": 1_048_576, "GB": 1_073_741_824]
  private static let per = ["s": 1.0, "sec": 1, "m": 60, "min": 60, "h": 3600]

  private static func number(_ text: Substring, _ units: [String: Double]) -> Double? {
    let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    guard let number = Double(digits), number.isFinite, let factor = units[String(text.dropFirst(digits.count))] else { return nil }
    return number * factor
  }
}
