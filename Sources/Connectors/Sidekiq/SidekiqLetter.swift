import OpsModel

/// A member of the retry or dead set as a dead letter. Its key is `<score>-<jid>`, as Sidekiq's own pages name it; its version a digest of
/// its bytes.
enum SidekiqLetter {
  /// Seconds that Sidekiq keeps dead jobs (`dead_timeout_in_seconds`, six months).
  static let keptFor = 180.0 * 86_400

  static func target(_ member: [UInt8], score: Double, scope: [UInt8]) -> Target {
    let jid = SidekiqPayload(member)?.jid ?? Array(String(Version(of: member).value, radix: 16).utf8)
    return Target(scope: scope, key: Array("\(score)-".utf8) + jid, version: Version(of: member), position: score)
  }

  static func letter(_ member: [UInt8], score: Double, scope: [UInt8], source: SafeText) -> DeadLetter {
    let target = target(member, score: score, scope: scope)
    guard let payload = SidekiqPayload(member) else {
      var letter = DeadLetter(source: source, target: target, name: SafeText(bytes: target.key, limit: 80), queue: "?")
      letter.size = member.count
      letter.failedAt = score
      letter.message = SafeText(bytes: member, limit: 200)
      letter.whyNot = "its bytes are not a Sidekiq job; it can only be looked at"
      return letter
    }
    let queue = payload.text("queue") ?? "?"
    var letter = DeadLetter(
      source: source, target: target, name: payload.text("jid", limit: 80) ?? SafeText(bytes: target.key, limit: 80), queue: queue)
    letter.task = payload.task
    letter.errorType = payload.text("error_class", limit: 120)
    letter.message = payload.text("error_message", limit: 400)
    letter.arguments = payload.arguments
    letter.failedAt = payload.time("retried_at") ?? payload.time("failed_at") ?? score
    letter.createdAt = payload.time("created_at")
    letter.attempts = payload.attempts
    letter.attemptLimit = payload.attemptLimit
    letter.size = member.count
    if scope == Array("dead".utf8) { letter.expiresAt = score + keptFor }
    if payload.queue == nil { letter.whyNot = "it does not say which queue it belongs to" }
    return letter
  }

  static func detail(_ member: [UInt8], _ target: Target, source: SafeText) -> DeadLetterDetail {
    var detail = DeadLetterDetail(
      letter: letter(member, score: target.position, scope: target.scope, source: source),
      fidelity: "the stored job is moved as it is, byte for byte")
    detail.raw = Array(member.prefix(65_536))
    detail.rawSize = member.count
    guard let payload = SidekiqPayload(member) else { return detail }
    detail.arguments = payload.fields["args"].map { SafeText(bytes: $0, limit: 4000) }
    detail.call = EditedCall.text(list: payload.fields["args"], named: nil)
    for (name, value) in payload.fields.sorted(by: { $0.key < $1.key }) where name != "args" && name != "error_backtrace" {
      detail.fields.append((SafeText(escaping: name, limit: 60), SafeText(bytes: JSONScan.string(value) ?? Array(value), limit: 1000)))
    }
    readBacktrace(payload, &detail)
    return detail
  }

  /// `error_backtrace`: base64 of zlib of a JSON array, where the job asks for it; an array in old versions.
  private static func readBacktrace(_ payload: SidekiqPayload, _ detail: inout DeadLetterDetail) {
    guard let field = payload.fields["error_backtrace"] else {
      detail.unknown.append("no backtrace: Sidekiq stores one only for jobs with the backtrace option")
      return
    }
    var lines = JSONScan.array(field)
    if let packed = JSONScan.string(field).flatMap({ Base64Text.decode($0) }) {
      var inflater = Inflater(limit: 1_048_576)
      lines = inflater.inflate(packed).flatMap { JSONScan.array($0.bytes) }
    }
    guard let lines else {
      detail.unknown.append("the backtrace can not be read")
      return
    }
    detail.traceback = lines.prefix(400).compactMap { JSONScan.string($0) }.map { SafeText(bytes: $0, limit: 1000) }
  }
}
