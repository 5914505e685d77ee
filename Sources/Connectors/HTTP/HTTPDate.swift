import OpsModel

/// The header `Retry-After` (RFC 9110, 10.2.3): seconds, or a date.
enum HTTPDate {
  /// Seconds to wait; nil where it can not be read.
  static func wait(_ text: String, now: Double) -> Double? {
    if let seconds = Double(text.filter { $0 != " " }) { return seconds.isFinite ? max(0, seconds) : nil }
    return unix(text).map { max(0, $0 - now) }
  }

  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

  /// `Sun, 06 Nov 1994 08:49:37 GMT`, the one form that servers send (IMF-fixdate).
  static func unix(_ text: String) -> Double? {
    let words = text.split(separator: " ")
    guard words.count >= 5, let day = Int(words[1]), let month = months.firstIndex(of: String(words[2])), let year = Int(words[3]),
      (1970...9999).contains(year)
    else { return nil }
    let clock = words[4].split(separator: ":").compactMap { Int($0) }
    guard clock.count == 3 else { return nil }
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    return Calendar.parse("\(year)-\(two(month + 1))-\(two(day))T\(two(clock[0])):\(two(clock[1])):\(two(clock[2]))Z")
  }
}
