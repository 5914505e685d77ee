import CHiredis
import OpsModel

/// A reply of Redis.
enum RedisValue: Equatable, Sendable {
  case status(String)
  case error(String)
  case integer(Int)
  case bytes([UInt8])
  case null
  case array([RedisValue])

  /// Copies a reply of hiredis.
  init(_ reply: UnsafePointer<redisReply>) {
    let value = reply.pointee
    switch value.type {
    case REDIS_REPLY_INTEGER: self = .integer(Int(value.integer))
    case REDIS_REPLY_STRING: self = .bytes(Self.copy(value))
    case REDIS_REPLY_STATUS: self = .status(String(decoding: Self.copy(value), as: UTF8.self))
    // Escaped at once: the words of an error are only read by people and compared by their first letters.
    case REDIS_REPLY_ERROR: self = .error(SafeText(bytes: Self.copy(value), limit: 400).text)
    case REDIS_REPLY_ARRAY:
      self = .array((0..<Int(value.elements)).map { index in ops_reply_element(reply, index).map { RedisValue($0) } ?? .null })
    default: self = .null
    }
  }

  private static func copy(_ value: redisReply) -> [UInt8] {
    guard let start = value.str, value.len > 0 else { return [] }
    return start.withMemoryRebound(to: UInt8.self, capacity: Int(value.len)) {
      Array(UnsafeBufferPointer(start: $0, count: Int(value.len)))
    }
  }

  /// A count or a flag, within ±10¹⁵: what is larger is a lie, and its sums would be none.
  var integer: Int? {
    let value: Int? =
      switch self {
      case .integer(let value): value
      case .bytes(let bytes): Int(String(decoding: bytes, as: UTF8.self))
      default: nil
      }
    return value.map { max(-1_000_000_000_000_000, min($0, 1_000_000_000_000_000)) }
  }

  /// Of the reply to `TYPE`: a list can be pushed to it.
  var takesPushes: Bool { self == .status("list") || self == .status("none") }

  var bytes: [UInt8]? {
    if case .bytes(let bytes) = self { return bytes }
    return nil
  }

  /// Text of a reply of ours to parse: a number, a date. Not for showing.
  var plain: String? { bytes.map { String(decoding: $0, as: UTF8.self) } }

  var number: Double? { plain.flatMap { Double($0) } ?? integer.map(Double.init) }

  /// A date of ISO 8601, in seconds since 1970.
  var time: Double? { bytes.flatMap { Calendar.parse(bytes: $0) } }

  var array: [RedisValue]? {
    if case .array(let values) = self { return values }
    return nil
  }
}
