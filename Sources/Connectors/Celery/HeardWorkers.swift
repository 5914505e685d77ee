import OpsModel
import Synchronization

/// Workers as their heartbeat events tell of them (`worker-heartbeat` every two seconds, `worker-online`, `worker-offline`).
///
/// Fed from the network's thread, read by the connector.
final class HeardWorkers: Sendable {
  private struct Heard {
    var at: Moment
    var frequency: Double
    var active: Int?
    var processed: Int?
    var pid: Int?
    var isOffline: Bool

    func isLost(at now: Moment) -> Bool { isOffline || now.age(since: at) > max(6, frequency * HeardWorkers.missedBeats) }
  }

  /// Beats that may be missed before a worker counts as lost.
  static let missedBeats = 3.0
  static let nodeLimit = 10_000

  private let heard = Mutex<[[UInt8]: Heard]>([:])
  private let clock: any OpsClock
  private let since: Moment

  init(clock: any OpsClock) {
    self.clock = clock
    since = clock.now()
  }

  /// Seconds since we began to listen.
  func listening(at now: Moment) -> Double { now.age(since: since) }

  /// Takes one message of the event exchange: an envelope whose body is one event.
  func take(_ payload: [UInt8]) {
    guard payload.count < 65_536, let envelope = JSONScan.object(payload), var body = JSONScan.string(envelope["body"]) else { return }
    let properties = envelope["properties"].flatMap { JSONScan.object($0) } ?? [:]
    if JSONScan.string(properties["body_encoding"]) == Array("base64".utf8) {
      guard let decoded = Base64Text.decode(body) else { return }
      body = decoded
    }
    guard let event = JSONScan.object(body), let kind = JSONScan.string(event["type"]), let node = JSONScan.string(event["hostname"]),
      String(decoding: kind, as: UTF8.self).hasPrefix("worker-"), node.count <= 400
    else { return }
    let now = clock.now()
    let one = Heard(
      at: now, frequency: JSONScan.number(event["freq"]) ?? 2, active: count(event["active"]), processed: count(event["processed"]),
      pid: count(event["pid"]), isOffline: kind == Array("worker-offline".utf8))
    heard.withLock { all in
      guard all[node] != nil || all.count < Self.nodeLimit else { return }
      all[node] = one
    }
  }

  private func count(_ value: JSONScan.Slice?) -> Int? { JSONScan.number(value).flatMap { Int(exactly: $0.rounded()) } }

  /// Whether every one of these nodes was heard.
  func all(_ nodes: [[UInt8]]) -> Bool { heard.withLock { known in nodes.allSatisfy { known[$0] != nil } } }

  func aliveNodes(at now: Moment) -> Set<[UInt8]> {
    heard.withLock { all in Set(all.filter { !$0.value.isLost(at: now) }.keys) }
  }

  /// Workers whose last heartbeat is not overdue.
  func alive(at now: Moment) -> Int {
    heard.withLock { all in all.values.filter { !$0.isLost(at: now) }.count }
  }

  /// Workers heard, and nodes that are registered but were not heard of.
  func workers(source: SafeText, registered: [[UInt8]], at now: Moment) -> [WorkerState] {
    let all = heard.withLock { $0 }
    var states: [WorkerState] = []
    for (node, one) in all.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) { states.append(state(source, node, one, now)) }
    // A silent node may be long gone (the tables never shrink) or run without heartbeats: that is not known, and it is said so.
    let listened = listening(at: now)
    for node in registered where all[node] == nil && listened < 15 {
      var state = WorkerState(
        id: ResourceID(source: source, kind: .worker, key: node), name: SafeText(bytes: node, limit: 200), activity: .unknown)
      state.note = "registered; no heartbeat heard in \(Units.age(listened))"
      states.append(state)
    }
    return states
  }

  private func state(_ source: SafeText, _ node: [UInt8], _ one: Heard, _ now: Moment) -> WorkerState {
    let age = now.age(since: one.at)
    let isLost = one.isLost(at: now)
    let activity: WorkerState.Activity = isLost ? .lost : ((one.active ?? 0) > 0 ? .busy : .idle)
    var state = WorkerState(
      id: ResourceID(source: source, kind: .worker, key: node), name: SafeText(bytes: node, limit: 200), activity: activity)
    if let at = node.firstIndex(of: UInt8(ascii: "@")) { state.host = SafeText(bytes: node[(at + 1)...], limit: 80) }
    state.heartbeatAge = age
    state.active = isLost ? nil : one.active
    state.processed = one.processed
    state.pid = one.pid
    if one.isOffline { state.note = "said good-bye" }
    return state
  }
}
