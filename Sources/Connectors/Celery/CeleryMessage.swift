import OpsModel

/// A message of the Redis transport, read as far as it can be without running anything (Celery protocol 2, and 1 of old clients).
struct CeleryMessage {
  var tag: SafeText?
  var id: SafeText?
  var task: SafeText?
  var arguments: SafeText?
  var priority: Int?
  var note: SafeText?

  static let bodyLimit = 65_536

  init?(_ bytes: [UInt8]) {
    guard let envelope = JSONScan.object(bytes) else { return nil }
    let properties = envelope["properties"].flatMap { JSONScan.object($0) } ?? [:]
    let headers = envelope["headers"].flatMap { JSONScan.object($0) } ?? [:]
    tag = JSONScan.string(properties["delivery_tag"]).map { SafeText(bytes: $0, limit: 80) }
    id = (JSONScan.string(headers["id"]) ?? JSONScan.string(properties["correlation_id"])).map { SafeText(bytes: $0, limit: 80) }
    task = JSONScan.string(headers["task"]).map { SafeText(bytes: $0, limit: 200) }
    priority = JSONScan.number(properties["priority"]).flatMap { Int(outside: $0) }
    readBody(envelope, headers, properties)
    note = Self.note(headers)
  }

  /// What tells this message from every other: its delivery tag, or its first bytes where there is none.
  static func identity(_ bytes: [UInt8]) -> [UInt8] {
    // The tag stands near the end of the envelope; a message is not parsed whole at every poll.
    let mark = Array("\"delivery_tag\": \"".utf8)
    let tail = bytes.suffix(4096)
    if let at = lastIndex(of: mark, in: tail) { return Array(tail[(at + mark.count)...].prefix { $0 != UInt8(ascii: "\"") }) }
    return Array(bytes.prefix(512))
  }

  private static func lastIndex(of mark: [UInt8], in bytes: ArraySlice<UInt8>) -> Int? {
    guard bytes.count >= mark.count else { return nil }
    return stride(from: bytes.endIndex - mark.count, through: bytes.startIndex, by: -1).first { bytes[$0...].starts(with: mark) }
  }

  private mutating func readBody(
    _ envelope: [String: JSONScan.Slice], _ headers: [String: JSONScan.Slice], _ properties: [String: JSONScan.Slice]
  ) {
    let type = JSONScan.string(envelope["content-type"]).map { String(decoding: $0, as: UTF8.self) } ?? ""
    guard type == "application/json", JSONScan.string(headers["compression"]) == nil, var body = JSONScan.string(envelope["body"]) else {
      arguments = fallback(headers, type)
      return
    }
    if JSONScan.string(properties["body_encoding"]) == Array("base64".utf8) {
      guard body.count <= Self.bodyLimit * 4 / 3, let decoded = Base64Text.decode(body) else {
        arguments = fallback(headers, type)
        return
      }
      body = decoded
    }
    if let parts = JSONScan.array(body), parts.count == 3 {
      let shown = JSONScan.isEmpty(parts[1]) ? Array(parts[0]) : Array(parts[0]) + Array(" ".utf8) + Array(parts[1])
      arguments = SafeText(bytes: shown, limit: 400)
    } else if let old = JSONScan.object(body) {
      // Protocol 1: the task stands in the body.
      task = task ?? JSONScan.string(old["task"]).map { SafeText(bytes: $0, limit: 200) }
      id = id ?? JSONScan.string(old["id"]).map { SafeText(bytes: $0, limit: 80) }
      arguments = old["args"].map { SafeText(bytes: Array($0) + Array(" ".utf8) + Array(old["kwargs"] ?? []), limit: 400) }
    }
  }

  /// Python's own repr of the arguments: for showing only, and perhaps cut by the sender.
  private func fallback(_ headers: [String: JSONScan.Slice], _ type: String) -> SafeText? {
    let repr = [JSONScan.string(headers["argsrepr"]), JSONScan.string(headers["kwargsrepr"])].compactMap { $0 }
    guard !repr.isEmpty else { return "not readable: \(SafeText(escaping: type, limit: 60))" }
    return SafeText(bytes: repr.joined(separator: Array(" ".utf8)), limit: 400)
  }

  private static func note(_ headers: [String: JSONScan.Slice]) -> SafeText? {
    if let retries = JSONScan.number(headers["retries"]), retries > 0 { return "retry \(Int(outside: retries) ?? 0)" }
    if let eta = JSONScan.string(headers["eta"]) { return "not before \(SafeText(bytes: eta, limit: 40))" }
    return nil
  }
}
