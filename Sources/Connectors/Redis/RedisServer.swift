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
    return text.split(whereSeparator: \.isNewline).compactMap { line in
      let parts = line.split(separator: ":", maxSplits: 1)
      return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
    }
  }
}
