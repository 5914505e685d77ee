import OpsModel

/// Reads unacknowledged messages as orphans.
struct CeleryOrphans {
  /// What is known of the one that has a message.
  enum Holder {
    /// Nobody has it; why that is so.
    case free(SafeText)
    /// A live worker says that it is at it.
    case held(SafeText)
    case unasked(SafeText)
  }

  /// Seconds after which a message that no worker names is no longer on its way to one.
  static let settled = 5.0
  static let scope = Array("unacked".utf8)

  let source: SafeText
  let keys: CeleryKeys
  let client: RedisClient

  /// The longest unacknowledged first; what a live worker has is left out.
  func letters(limit: Int, now: Double, _ holder: ([UInt8]) -> Holder) async throws(Failure) -> [DeadLetter] {
    let entries = try await CeleryUnacked.oldest(limit, client, keys)
    var routes = CeleryRoutes(keys: keys)
    try await routes.learn(Set(entries.compactMap(\.route)), client)
    return entries.compactMap { entry in
      switch holder(entry.taskID ?? []) {
      case .held: return nil
      case .free(let why): return letter(entry, routes, why, whyNot(entry, routes, now))
      case .unasked(let why): return letter(entry, routes, why, whyNot(entry, routes, now))
      }
    }
  }

  func whyNot(_ entry: CeleryUnacked, _ routes: CeleryRoutes, _ now: Double) -> SafeText? {
    if entry.size == 0 { return "its message is gone, only the index is left" }
    if entry.bytes == nil { return "its message of \(Units.bytes(Double(entry.size))) is too large to be compared" }
    guard entry.message != nil, let route = entry.route else { return "its bytes are not as kombu stores them" }
    if entry.taskID == nil { return "it names no task, so that no worker can say whether it is theirs" }
    if routes.queues(route).isEmpty { return "no queue is bound to its exchange and routing key any more" }
    return now - entry.since < Self.settled ? "handed out only \(Units.age(max(0, now - entry.since))) ago" : nil
  }

  private func letter(_ entry: CeleryUnacked, _ routes: CeleryRoutes, _ why: SafeText, _ whyNot: SafeText?) -> DeadLetter {
    let target = Target(scope: Self.scope, key: entry.tag, version: Version(of: entry.bytes ?? []), position: entry.since)
    let message = entry.message.flatMap { CeleryMessage($0) }
    let queues = entry.route.map { routes.queues($0) } ?? []
    var letter = DeadLetter(
      source: source, target: target, kind: .orphan, name: message?.id ?? SafeText(bytes: entry.tag, limit: 80),
      queue: SafeText.join(queues.map { SafeText(bytes: $0, limit: 100) }, ", "))
    letter.task = message?.task
    letter.arguments = message?.arguments
    letter.errorType = "unacknowledged"
    letter.message = why
    letter.failedAt = entry.since
    letter.size = entry.size
    letter.whyNot = whyNot
    return letter
  }
}
