import OpsModel

/// What a server answered.
struct HTTPAnswer: Sendable {
  let status: Int
  let contentType: String
  let body: [UInt8]
}

/// How much of an answer is taken, and how long it is waited for.
struct HTTPLimits: Sendable {
  /// Bytes after decompression.
  var body = 16 << 20
  /// Seconds for everything.
  var total = 5.0
  var connect = 2.0
}
