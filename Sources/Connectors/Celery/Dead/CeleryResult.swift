import OpsModel

/// A stored result (`celery-task-meta-<id>`), as Celery's key-value backends write it in JSON.
struct CeleryResult {
  let fields: [String: JSONScan.Slice]

  /// Nil for values in another serializer and for compressed ones.
  init?(_ bytes: [UInt8]) {
    guard bytes.first == UInt8(ascii: "{"), let fields = JSONScan.object(bytes) else { return nil }
    self.fields = fields
  }

  func text(_ name: String) -> [UInt8]? { JSONScan.string(fields[name]) }

  var isFailure: Bool { text("status") == Array("FAILURE".utf8) }
  /// As it is written; names the failure together with the id.
  var doneText: [UInt8] { text("date_done") ?? [] }
  var doneAt: Double? { text("date_done").flatMap { Calendar.parse(String(decoding: $0, as: UTF8.self)) } }
  var task: SafeText? { text("name").map { SafeText(bytes: $0, limit: 200) } }
  /// The routing key it was sent with.
  var routingKey: [UInt8]? { text("queue") }

  private var failure: [String: JSONScan.Slice] { fields["result"].flatMap { JSONScan.object($0) } ?? [:] }
  var errorType: SafeText? { JSONScan.string(failure["exc_type"]).map { SafeText(bytes: $0, limit: 120) } }

  /// The first argument of the exception, or all of them where it is no text.
  var message: SafeText? {
    guard let value = failure["exc_message"] else { return nil }
    if let text = JSONScan.string(value) { return SafeText(bytes: text, limit: 400) }
    let parts = JSONScan.array(value) ?? [value]
    return SafeText.join(parts.map { SafeText(bytes: JSONScan.string($0) ?? Array($0), limit: 400) }, ", ")
  }

  /// Positional arguments, and the named ones behind them.
  func arguments(limit: Int) -> SafeText? {
    guard let args = fields["args"] else { return nil }
    let named = fields["kwargs"].flatMap { JSONScan.isEmpty($0) ? nil : Array(" ".utf8) + Array($0) } ?? []
    return SafeText(bytes: Array(args) + named, limit: limit)
  }

  /// Celery stores a failure for the later links of a chain and for the body of a chord as well, which were never sent: the first without a
  /// worker (`Backend._fail_chain`), the second without any of its call (`Backend.chord_error_from_stack`).
  var neverRan: Bool {
    let hasWorker = !(text("worker") ?? []).isEmpty
    return fields["name"] == nil ? errorType == "ChordError" : fields["worker"] != nil && !hasWorker
  }

  /// Why it can not be made into a message; nil where it can.
  var whyNot: SafeText? {
    if neverRan { return "never ran: the link before it failed" }
    guard let name = text("name"), !name.isEmpty else {
      return "the result does not say which task it was: set result_extended in the application"
    }
    guard let args = fields["args"], let kwargs = fields["kwargs"], JSONScan.array(args) != nil, JSONScan.object(kwargs) != nil else {
      return "the result does not hold its arguments as a list and named ones: they can not be given again"
    }
    return routingKey == nil ? "the result does not name its queue" : nil
  }
}
