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
    let bytes = Array(text.utf8)
    guard bytes.count >= 19, bytes[4] == 0x2D, bytes[7] == 0x2D, bytes[10] == 0x54 || bytes[10] == 0x20 else { return nil }
    guard let year = number(bytes, 0, 4), let month = number(bytes, 5, 2), let day = number(bytes, 8, 2),
      let hour = number(bytes, 11, 2), let minute = number(bytes, 14, 2), let second = number(bytes, 17, 2),
      (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 61
    else { return nil }
    var parts = tm()
    parts.tm_year = Int32(year - 1900)
    parts.tm_mon = Int32(month - 1)
    parts.tm_mday = Int32(day)
    parts.tm_hour = Int32(hour)
    parts.tm_min = Int32(minute)
    parts.tm_sec = Int32(second)
    return Double(timegm(&parts)) + rest(bytes.dropFirst(19))
  }

  /// Fraction and offset, in seconds.
  private static func rest(_ bytes: ArraySlice<UInt8>) -> Double {
    var seconds = 0.0
    var index = bytes.startIndex
    if index < bytes.endIndex, bytes[index] == 0x2E {
      var scale = 0.1
      index += 1
      while index < bytes.endIndex, (0x30...0x39).contains(bytes[index]) {
        seconds += Double(bytes[index] - 0x30) * scale
        scale /= 10
        index += 1
      }
    }
    let zone = Array(bytes[index...])
    guard zone.count >= 6, zone[0] == 0x2B || zone[0] == 0x2D, let hours = number(zone, 1, 2), let minutes = number(zone, 4, 2)
    else { return seconds }
    let offset = Double(hours * 3600 + minutes * 60)
    return zone[0] == 0x2B ? seconds - offset : seconds + offset
  }

  private static func number(_ bytes: [UInt8], _ start: Int, _ length: Int) -> Int? {
    var value = 0
    for byte in bytes[start..<start + length] {
      guard (0x30...0x39).contains(byte) else { return nil }
      value = value * 10 + Int(byte - 0x30)
    }
    return value
  }

  private static func broken(_ unix: Double) -> tm {
    var seconds = time_t(unix.isFinite ? min(max(unix, -1e11), 1e11) : 0)
    var parts = tm()
    gmtime_r(&seconds, &parts)
    return parts
  }

  private static func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
