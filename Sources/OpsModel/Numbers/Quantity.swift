/// Numbers as people type them: `60`, `60s`, `5m`, `2h`, `1d`, `250ms`, `10k`, `1.5M`, `64MB`, `70%`.
public enum Quantity {
  /// Seconds, bytes or a plain count, by the unit; nil where the text is no number.
  public static func parse(_ text: String) -> Double? {
    let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == "." || $0 == "-") }
    guard !digits.isEmpty, let number = Double(digits), let factor = factors[String(text.dropFirst(digits.count))] else { return nil }
    return number * factor
  }

  private static let factors: [String: Double] = [
    "": 1, "ms": 0.001, "s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400,
    "k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9, "%": 0.01,
    "B": 1, "kB": 1024, "KB": 1024, "MB": 1_048_576, "GB": 1_073_741_824,
  ]
}
