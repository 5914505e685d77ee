import OpsModel

/// A list that the application sends its failures to and nobody consumes: `NAME`, or `NAME > QUEUE` where its messages came from.
struct CeleryDeadList: Hashable, Sendable {
  let name: [UInt8]
  /// Where its messages belong; nil where each has to tell by itself.
  let home: [UInt8]?

  /// Scopes of such lists begin with it, so that they are never taken for `results` or `unacked`.
  static let mark = Array("list:".utf8)
  var scope: [UInt8] { Self.mark + name }

  init?(setting: String) {
    let parts = setting.split(separator: ">", omittingEmptySubsequences: false).map { part in
      Array(part.utf8).trimmed
    }
    guard let first = parts.first, !first.isEmpty, parts.count <= 2, parts.allSatisfy({ !$0.isEmpty }) else { return nil }
    name = first
    home = parts.count == 2 ? parts[1] : nil
  }

  /// Where a message goes back to. A message that names no queue but this one does not tell where it came from.
  func route(of message: [UInt8]) -> CeleryRoute? {
    if let home { return CeleryRoute(exchange: [], routingKey: home) }
    guard let properties = JSONScan.object(message)?["properties"].flatMap({ JSONScan.object($0) }),
      let info = properties["delivery_info"].flatMap({ JSONScan.object($0) }), let key = JSONScan.string(info["routing_key"]), key != name
    else { return nil }
    return CeleryRoute(exchange: JSONScan.string(info["exchange"]) ?? [], routingKey: key)
  }

  /// Why a message should stay where it is; nil where it may go.
  /// - Parameter now: unix time.
  func whyNot(_ message: [UInt8], _ queues: [[UInt8]], _ now: Double) -> SafeText? {
    if queues.contains(name) { return "it would come back to this very list" }
    guard let headers = JSONScan.object(message)?["headers"].flatMap({ JSONScan.object($0) }),
      let text = JSONScan.string(headers["expires"]), let expires = Calendar.parse(String(decoding: text, as: UTF8.self)), expires < now
    else { return nil }
    return "it expired \(Units.age(now - expires)) ago: a worker would drop it without running it"
  }
}

extension [UInt8] {
  /// Without blanks at both ends.
  fileprivate var trimmed: [UInt8] {
    let start = firstIndex { $0 != 0x20 } ?? endIndex
    let end = lastIndex { $0 != 0x20 } ?? startIndex
    return start <= end && start < endIndex ? Array(self[start...end]) : []
  }
}
