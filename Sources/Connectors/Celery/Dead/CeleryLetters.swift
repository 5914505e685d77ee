import OpsModel

/// Dead letters of Celery: failed results, and messages of dead-letter lists.
enum CeleryLetters {
  static let results = Array("results".utf8)

  /// - Parameter isRetried: whether a message was made of this failure already.
  static func letter(
    _ id: [UInt8], _ stored: CeleryStored, source: SafeText, doneAt: Double, expiresAt: Double?, isRetried: Bool
  ) -> DeadLetter {
    let result = stored.bytes.flatMap { CeleryResult($0) }
    let target = Target(scope: results, key: id, version: Version(of: stored.bytes ?? []), position: doneAt)
    let queue = result?.routingKey.map { SafeText(bytes: $0, limit: 200) } ?? "?"
    var letter = DeadLetter(source: source, target: target, name: SafeText(bytes: id, limit: 80), queue: queue)
    letter.failedAt = result?.doneAt ?? (doneAt > 0 ? doneAt : nil)
    letter.expiresAt = expiresAt
    letter.size = stored.size
    guard let result else {
      letter.whyNot = stored.bytes == nil ? "its result of \(Units.bytes(Double(stored.size))) was not fetched" : "its result is no JSON"
      return letter
    }
    letter.task = result.task
    letter.errorType = result.errorType
    letter.message = result.message
    letter.arguments = result.arguments(limit: 400)
    letter.attempts = JSONScan.number(result.fields["retries"]).flatMap { Int(outside: $0) }.map { $0 + 1 }
    letter.whyNot = isRetried ? "it was retried already and has not ended since" : result.whyNot
    return letter
  }

  static func letter(_ element: CeleryListReader.Element, of list: CeleryDeadList, source: SafeText) -> DeadLetter {
    let target = Target(scope: list.scope, key: element.key, version: element.version, position: Double(element.place))
    let message = CeleryMessage(element.bytes)
    var letter = DeadLetter(
      source: source, target: target, name: message?.id ?? SafeText(bytes: element.key, limit: 80),
      queue: SafeText(bytes: list.name, limit: 200))
    letter.task = message?.task
    letter.arguments = message?.arguments
    letter.size = element.bytes.count
    letter.errorType = "dead-letter list"
    if message == nil { letter.whyNot = "its bytes are no message of kombu" }
    if message != nil && list.route(of: element.bytes) == nil { letter.whyNot = noHome(list) }
    return letter
  }

  static func noHome(_ list: CeleryDeadList) -> SafeText {
    let name = SafeText(bytes: list.name, limit: 80)
    return "it names no queue but \(name): tell where it belongs with dead: [\"\(name) > QUEUE\"]"
  }

  static func detail(_ letter: DeadLetter, result stored: CeleryStored) -> DeadLetterDetail {
    var detail = DeadLetterDetail(
      letter: letter, fidelity: "made anew from the stored result: name, arguments and queue are exact, the options of the call are lost")
    detail.raw = Array((stored.bytes ?? []).prefix(65_536))
    detail.rawSize = stored.size
    guard let result = stored.bytes.flatMap({ CeleryResult($0) }) else {
      detail.unknown.append("the result is not JSON, or larger than \(Units.bytes(Double(CeleryStored.limit)))")
      return detail
    }
    detail.arguments = result.arguments(limit: 4000)
    detail.call = EditedCall.text(list: result.fields["args"], named: result.fields["kwargs"])
    if let text = result.text("traceback") {
      detail.traceback = text.split(separator: 0x0A, omittingEmptySubsequences: false).suffix(400).map { SafeText(bytes: $0, limit: 1000) }
    }
    for (name, value) in result.fields.sorted(by: { $0.key < $1.key }) where name != "traceback" {
      detail.fields.append((SafeText(escaping: name, limit: 60), SafeText(bytes: JSONScan.string(value) ?? Array(value), limit: 1000)))
    }
    detail.unknown.append("callbacks, chain, chord, priority, eta, expiry and time limits: results do not hold them")
    return detail
  }

  static func detail(_ letter: DeadLetter, message bytes: [UInt8]) -> DeadLetterDetail {
    var detail = DeadLetterDetail(letter: letter, fidelity: "the message is moved as it is; its delivery tag becomes a new one")
    detail.raw = Array(bytes.prefix(65_536))
    detail.rawSize = bytes.count
    detail.arguments = letter.arguments
    let envelope = JSONScan.object(bytes) ?? [:]
    for part in ["headers", "properties"] {
      let fields = envelope[part].flatMap { JSONScan.object($0) } ?? [:]
      for (name, value) in fields.sorted(by: { $0.key < $1.key }) {
        detail.fields.append((SafeText(escaping: name, limit: 60), SafeText(bytes: JSONScan.string(value) ?? Array(value), limit: 1000)))
      }
    }
    detail.unknown.append("why it failed and when: the message does not hold it")
    return detail
  }
}
