import OpsModel

/// What a message that is pushed again carries.
enum CeleryMarks {
  /// As kombu marks what it delivers again.
  static func redelivered(_ message: [UInt8]) -> [UInt8] {
    let yes = Array("true".utf8)
    let first = JSONSplice.set(message, ["headers", "redelivered"], to: yes) ?? message
    return JSONSplice.set(first, ["properties", "delivery_info", "redelivered"], to: yes) ?? first
  }

  /// A random identity (RFC 4122, version 4).
  static func uuid() -> String {
    var bytes = (0..<16).map { _ in UInt8.random(in: 0...255) }
    bytes[6] = bytes[6] & 0x0F | 0x40
    bytes[8] = bytes[8] & 0x3F | 0x80
    let digits = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
    let parts = [0..<4, 4..<6, 6..<8, 8..<10, 10..<16].map { digits[$0].joined() }
    return parts.joined(separator: "-")
  }
}
