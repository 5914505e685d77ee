import OpsModel

/// A job as Sidekiq stores it: one JSON object. Numbers keep their digits, since nothing is turned into a value that need not be.
struct SidekiqPayload {
  let fields: [String: JSONScan.Slice]

  /// Nil for bytes of another shape.
  init?(_ bytes: some Collection<UInt8>) {
    guard let fields = JSONScan.object(Array(bytes)), fields["class"] != nil else { return nil }
    self.fields = fields
  }

  func bytes(_ name: String) -> [UInt8]? { JSONScan.string(fields[name]) }

  func text(_ name: String, limit: Int = 200) -> SafeText? { bytes(name).map { SafeText(bytes: $0, limit: limit) } }

  /// Seconds since 1970. Floats up to 7, whole milliseconds from 8 on: told apart by their size.
  func time(_ name: String) -> Double? {
    guard let value = JSONScan.number(fields[name]) else { return nil }
    return value > 1e11 ? value / 1000 : value
  }

  var jid: [UInt8]? { bytes("jid") }
  var queue: [UInt8]? { bytes("queue") }

  /// The wrapped class of Active Job, else the class.
  var task: SafeText? { text("wrapped") ?? text("class") }

  var arguments: SafeText? { fields["args"].map { SafeText(bytes: $0, limit: 400) } }

  /// Tries that failed: `retry_count` begins at 0 with the first retry.
  var attempts: Int? { JSONScan.number(fields["retry_count"]).flatMap { Int(outside: $0) }.map { $0 + 1 } }

  var attemptLimit: Int? {
    switch fields["retry"].map({ String(decoding: $0, as: UTF8.self) }) {
    case "true": 26
    case "false": 1
    case let number?: Double(number).flatMap { Int(outside: $0) }.map { $0 + 1 }
    case nil: nil
    }
  }
}
