#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// UTC dates from and to text, without a locale.
public enum Calendar {
  /// `14:02:11Z`.
  public static func clock(_ unix: Double) -> SafeText {
    let parts = broken(unix)
    return SafeText(checked: "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))Z")
  }

  /// `2026-11-21T14:02:11Z`.
  public static func stamp(_ unix: Double) -> SafeText {
    let parts = broken(unix)
    let day = "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
    return SafeText(checked: "\(day)T\(clock(unix).text)")
  }

  /// `2026-11-21T14:02:11.042Z`.
  public static func stampMillis(_ unix: Double) -> SafeText {
    let millis = String(Int((unix * 1000).rounded(.down)) % 1000)
    let zeros = String(repeating: "0", count: max(0, 3 - millis.count))
    return SafeText(checked: "\(stamp(unix).text.dropLast()).\(zeros)\(millis)Z")
  }

  /// `2026-11-21T14:02:11.042137Z`, as RQ writes it.
  public static func stampMicros(_ unix: Double) -> SafeText {
    let micros = String(Int(((unix - unix.rounded(.down)) * 1e6).rounded(.down)))
    let zeros = String(repeating: "0", count: max(0, 6 - micros.count))
    return SafeText(checked: "\(stamp(unix).text.dropLast()).\(zeros)\(micros)Z")
  }

  /// Reads ISO 8601 as RQ and Celery write it: `2026-11-21T14:02:11.123456Z`, with `+00:00` or a bare local form taken as UTC.
  /// Nil where the text has another shape.
  public static func parse(_ text: String) -> Double? {
    var text = text
    return text.withUTF8 { ISODate.parse($0) }
  }

  /// The same, of bytes as a server sends them.
  public static func parse(bytes: [UInt8]) -> Double? { bytes.withUnsafeBufferPointer { ISODate.parse($0) } }

  private static func broken(_ unix: Double) -> tm {
    var seconds = time_t(unix.isFinite ? min(max(unix, -1e11), 1e11) : 0)
    var parts = tm()
    gmtime_r(&seconds, &parts)
    return parts
  }

  private static func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
