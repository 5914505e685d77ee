public import OpsModel

/// A time as people type it: `14:02`, `14:02:11`, `-10m`, `2026-11-21 14:02`, `2026-11-21T14:02:11Z`. Times are UTC, as everywhere on the screen.
public enum TapeTime {
  public static let examples: SafeText = "14:02, 14:02:11, -10m, or 2026-11-21 14:02 (UTC)"

  /// Seconds since 1970; nil for what is no time. A time of day that is still to come is that of yesterday.
  public static func parse(_ text: String, now: Double) -> Double? {
    let text = trimmed(text)
    if text == "now" { return now }
    if text.hasPrefix("-") { return Quantity.parse(String(text.dropFirst())).map { now - $0 } }
    if let whole = Calendar.parse(text) ?? Calendar.parse(text + ":00") { return whole }
    let day = String(Calendar.stamp(now).text.prefix(10))
    let clock = text.hasSuffix("Z") ? String(text.dropLast()) : text
    guard clock.contains(":"), let time = Calendar.parse("\(day)T\(padded(clock))") else { return nil }
    return time > now + 60 ? time - 86_400 : time
  }

  private static func padded(_ clock: String) -> String {
    let parts = clock.split(separator: ":", omittingEmptySubsequences: false).map { $0.count == 1 ? "0\($0)" : String($0) }
    return (parts + (parts.count == 2 ? ["00"] : [])).joined(separator: ":")
  }

  private static func trimmed(_ text: String) -> String {
    String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
