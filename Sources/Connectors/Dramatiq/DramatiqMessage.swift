import OpsModel

/// A message as Dramatiq's JSON encoder stores it.
struct DramatiqMessage {
  let fields: [String: JSONScan.Slice]
  let options: [String: JSONScan.Slice]

  /// Nil for bytes of another shape, such as those of a pickle encoder.
  init?(_ bytes: [UInt8]) {
    guard let fields = JSONScan.object(bytes), fields["actor_name"] != nil, fields["message_id"] != nil else { return nil }
    self.fields = fields
    options = fields["options"].flatMap { JSONScan.object($0) } ?? [:]
  }

  var actor: SafeText? { JSONScan.string(fields["actor_name"]).map { SafeText(bytes: $0, limit: 200) } }
  var id: SafeText? { JSONScan.string(fields["message_id"]).map { SafeText(bytes: $0, limit: 80) } }

  /// When it was made, a unix time.
  var madeAt: Double? { JSONScan.number(fields["message_timestamp"]).map { $0 / 1000 } }

  var arguments: SafeText? { arguments(limit: 400) }

  func arguments(limit: Int) -> SafeText? {
    guard let args = fields["args"], let kwargs = fields["kwargs"] else { return nil }
    let shown = JSONScan.isEmpty(kwargs) ? Array(args) : Array(args) + Array(" ".utf8) + Array(kwargs)
    return SafeText(bytes: shown, limit: limit)
  }

  var retries: Int? { JSONScan.number(options["retries"]).flatMap { Int(outside: max(0, $0)) } }
  var maxRetries: Int? { JSONScan.number(options["max_retries"]).flatMap { Int(outside: max(0, $0)) } }
  var traceback: [UInt8]? { JSONScan.string(options["traceback"]) }
}
