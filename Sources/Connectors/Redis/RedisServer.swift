import OpsModel

/// What a Redis says of itself in `INFO server`.
struct RedisServer: Sendable, Equatable {
  var version: SafeText = ""
  /// Seconds up when it was asked.
  var uptime: Double?
  /// When that was.
  var askedAt: Moment?
  /// Changes with every start of the server.
  var runID: SafeText = ""

  init() {}

  init(info: RedisValue, at moment: Moment) {
    askedAt = moment
    for (key, value) in Self.fields(info) {
      switch key {
      case "redis_version": version = SafeText(escaping: value, limit: 40)
      case "uptime_in_seconds": uptime = Double(value)
      case "run_id": runID = SafeText(escaping: value, limit: 60)
      default: break
      }
    }
  }

  /// The `key:value` lines of an `INFO` reply.
  static func fields(_ reply: RedisValue) -> [(String, String)] {
    guard let text = reply.plain else { return [] }
    // By bytes: to look for the ends of characters in some kilobytes costs more than the rest of the poll.
    return text.utf8.split { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }.compactMap { line in
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon != line.startIndex else { return nil }
      let value = line[line.index(after: colon)...]
      return value.isEmpty ? nil : (String(line[..<colon]) ?? "", String(value) ?? "")
    }
  }
}
