/// Reads an ISO 8601 date from bytes. A poll reads thousands of them, so this allocates nothing and does not call `timegm`.
struct ISODate {
  private let bytes: UnsafeBufferPointer<UInt8>

  /// - Returns: seconds since 1970; nil where the bytes do not begin like `2026-11-21T14:02:11`. A fraction and an offset may follow.
  static func parse(_ bytes: UnsafeBufferPointer<UInt8>) -> Double? { ISODate(bytes: bytes).seconds }

  private var seconds: Double? {
    guard bytes.count >= 19, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
      bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: " ")
    else { return nil }
    guard let year = number(0, 4), let month = number(5, 2), let day = number(8, 2), let hour = number(11, 2),
      let minute = number(14, 2), let second = number(17, 2),
      (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 61
    else { return nil }
    let whole = Self.days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second
    return Double(whole) + rest
  }

  /// Fraction and offset, in seconds.
  private var rest: Double {
    var index = 19
    var digits = 0.0
    var scale = 1.0
    if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
      index += 1
      while index < bytes.count, let digit = digit(index) {
        // A Double cannot hold more digits.
        if scale < 1e9 {
          digits = digits * 10 + Double(digit)
          scale *= 10
        }
        index += 1
      }
    }
    let fraction = digits / scale
    guard bytes.count >= index + 6, bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-"),
      let hours = number(index + 1, 2), let minutes = number(index + 4, 2)
    else { return fraction }
    let offset = Double(hours * 3600 + minutes * 60)
    return bytes[index] == UInt8(ascii: "+") ? fraction - offset : fraction + offset
  }

  private func digit(_ place: Int) -> Int? {
    let byte = bytes[place]
    return byte >= 0x30 && byte <= 0x39 ? Int(byte - 0x30) : nil
  }

  private func number(_ start: Int, _ length: Int) -> Int? {
    var value = 0
    for place in start..<start + length {
      guard let digit = digit(place) else { return nil }
      value = value * 10 + digit
    }
    return value
  }

  /// Days since 1970 of a date of the Gregorian calendar; day 31 of a month with 30 days is the first of the next month.
  /// See "chrono-compatible low-level date algorithms" by Howard Hinnant, `days_from_civil`: years begin in March, eras have 400.
  private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let marchYear = month <= 2 ? year - 1 : year
    let era = (marchYear >= 0 ? marchYear : marchYear - 399) / 400
    let yearOfEra = marchYear - era * 400
    let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }
}
