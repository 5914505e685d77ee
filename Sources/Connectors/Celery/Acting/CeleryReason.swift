import Gate
import OpsModel

/// What becomes of Celery's results and messages, for the preview and for the receipt: one reason for both.
enum CeleryReason {
  static let retried = TargetVerdict(.conflict, "it was retried already and has not ended since")
  static let wrongQueue = TargetVerdict(.failed, "its queue is a key of another type; left alone")
  static let there = TargetVerdict(.conflict, "it is there already; left alone")
  static let noMessage = TargetVerdict(.payloadMissing, "no message can be made of it")
  static let unbound = left("no queue is bound to where it came from")
  static let unlisted = left("its list is no longer configured")

  static func left(_ why: SafeText) -> TargetVerdict { TargetVerdict(.failed, "\(why); left alone") }

  /// - Parameter code: as in `ScriptCode`.
  static func verdict(_ code: Int?, _ verb: Verb) -> TargetVerdict {
    let outcome = ScriptCode.outcome(code)
    switch (outcome, verb) {
    case (.conflict, .restore): return there
    case (.conflict, _): return retried
    case (.failed, _): return wrongQueue
    default: return TargetVerdict(outcome)
    }
  }

  /// Whether a stored result is still the failure that was chosen, and can be discarded.
  static func stored(_ target: Target, _ stored: CeleryStored) -> TargetVerdict? {
    guard stored.size > 0 else { return .absent }
    guard let bytes = stored.bytes, Version(of: bytes) == target.version else { return .changed }
    return nil
  }

  /// Whether a message can be made of a failed result, and where it goes.
  static func result(_ target: Target, _ value: CeleryStored, _ result: CeleryResult?, _ routes: CeleryRoutes) -> CeleryChoice<[UInt8]> {
    if let verdict = stored(target, value) { return .no(verdict) }
    guard let result, result.isFailure else { return .no(.changed) }
    if let why = result.whyNot { return .no(TargetVerdict(.payloadMissing, why)) }
    let queues = result.routingKey.map { routes.queues(CeleryRoute(exchange: nil, routingKey: $0)) } ?? []
    guard queues.count == 1 else { return .no(left(noQueue(result, queues.count))) }
    return .yes(queues[0])
  }

  private static func noQueue(_ result: CeleryResult, _ count: Int) -> SafeText {
    let key = SafeText(bytes: result.routingKey ?? [], limit: 80)
    return count == 0
      ? "no queue is bound to its routing key \(key)" : "\(count) queues are bound to its routing key \(key): which one is not known"
  }

  /// Whether a message of a dead-letter list goes back, and where to.
  /// - Parameter now: unix time.
  static func element(
    _ target: Target, _ element: CeleryListReader.Element?, _ home: CeleryDeadList, _ routes: CeleryRoutes, _ now: Double
  ) -> CeleryChoice<(message: [UInt8], queues: [[UInt8]])> {
    guard let element else { return .no(.absent) }
    guard element.version == target.version else { return .no(.changed) }
    guard let route = home.route(of: element.bytes), let message = CeleryCalls.readdressed(element.bytes, route) else {
      return .no(left(CeleryLetters.noHome(home)))
    }
    let queues = routes.queues(route)
    if queues.isEmpty { return .no(unbound) }
    if let why = home.whyNot(element.bytes, queues, now) { return .no(left(why)) }
    return .yes((message, queues))
  }

  /// Whether an unacknowledged message goes back; what a worker says it holds is another matter.
  static func orphan(
    _ target: Target, _ entry: CeleryUnacked, _ orphans: CeleryOrphans, _ routes: CeleryRoutes, _ now: Double
  ) -> TargetVerdict? {
    if entry.size == 0 { return .absent }
    if Version(of: entry.bytes ?? []) != target.version { return .changed }
    return orphans.whyNot(entry, routes, now).map { left($0) }
  }
}

/// What is done with a target, or why it is left.
enum CeleryChoice<Value> {
  case yes(Value)
  case no(TargetVerdict)
}
