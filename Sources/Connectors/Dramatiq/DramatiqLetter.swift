import OpsModel

/// A dead message as a dead letter. Its key is the broker's id of it, its version the time of its death.
enum DramatiqLetter {
  struct Stored: Sendable {
    let size: Int
    /// Nil where it is gone, or too large to be fetched.
    let bytes: [UInt8]?
  }

  static func letter(_ id: [UInt8], score: Double, _ stored: Stored, queue: [UInt8], source: SafeText) -> DeadLetter {
    let target = Target(scope: queue, key: id, version: Version(score: score), position: score)
    let message = stored.bytes.flatMap { DramatiqMessage($0) }
    var letter = DeadLetter(
      source: source, target: target, name: message?.id ?? SafeText(bytes: id, limit: 80), queue: SafeText(bytes: queue, limit: 200))
    letter.failedAt = score / 1000
    letter.expiresAt = score / 1000 + DramatiqConnector.keptFor
    letter.size = stored.size
    if stored.size == 0 { letter.whyNot = "its message is gone, only the entry is left" }
    guard let message else {
      if stored.size > 0 {
        letter.message = stored.bytes == nil ? "message of \(Units.bytes(Double(stored.size))) not fetched" : "not JSON"
      }
      return letter
    }
    letter.task = message.actor
    letter.arguments = message.arguments
    letter.createdAt = message.madeAt
    letter.attempts = message.retries.map { $0 + 1 }
    letter.attemptLimit = message.maxRetries.map { $0 + 1 }
    if let text = message.traceback {
      let failure = PythonFailure(traceback: text)
      letter.errorType = failure.type
      letter.message = failure.message
    }
    return letter
  }

  static func detail(_ letter: DeadLetter, _ stored: Stored) -> DeadLetterDetail {
    var detail = DeadLetterDetail(letter: letter, fidelity: "the stored message is moved as it is, byte for byte")
    detail.raw = Array((stored.bytes ?? []).prefix(65_536))
    detail.rawSize = stored.size
    guard let message = stored.bytes.flatMap({ DramatiqMessage($0) }) else {
      detail.unknown.append("the message is not JSON, or larger than \(Units.bytes(Double(DramatiqConnector.messageLimit)))")
      return detail
    }
    detail.arguments = message.arguments(limit: 4000)
    detail.call = EditedCall.text(list: message.fields["args"], named: message.fields["kwargs"])
    for (name, value) in message.options.sorted(by: { $0.key < $1.key }) where name != "traceback" {
      detail.fields.append((SafeText(escaping: name, limit: 60), SafeText(bytes: JSONScan.string(value) ?? Array(value), limit: 1000)))
    }
    if let text = message.traceback {
      detail.traceback = text.split(separator: 0x0A, omittingEmptySubsequences: false).suffix(400).map { SafeText(bytes: $0, limit: 1000) }
    } else {
      detail.unknown.append("no traceback: Dramatiq stores none for messages with max_retries 0")
    }
    return detail
  }
}
