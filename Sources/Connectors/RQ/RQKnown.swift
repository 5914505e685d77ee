import OpsModel

/// Names of queues and workers, kept between polls. Most workers report the same names in every poll, and texts that share their memory
/// are compared fast.
struct RQKnown {
  struct Worker {
    let id: ResourceID
    let name: SafeText
    let host: SafeText?
    let queues: [SafeText]
    /// What `host` and `queues` were read from.
    fileprivate let said: (queues: RedisValue, host: RedisValue)
  }

  struct Queue {
    let id: ResourceID
    let name: SafeText
  }

  /// By their places in `RQNames`.
  private var workers: [Worker?] = []
  private var queues: [Queue?] = []

  /// - Parameter place: of the worker in the names that `keep` got last. A name that stands elsewhere by now is read as a new one.
  mutating func worker(_ place: Int, _ found: RQPoll.Worker, of source: SafeText) -> Worker {
    let said = (queues: found.fields[3], host: found.fields[4])
    let known = workers.indices.contains(place) ? workers[place] : nil
    if let known, known.id.key == found.name, known.said == said { return known }
    let worker = Worker(
      id: ResourceID(source: source, kind: .worker, key: found.name), name: SafeText(bytes: found.name, limit: 200),
      host: Self.host(said.host), queues: Self.queues(said.queues), said: said)
    if workers.indices.contains(place) { workers[place] = worker }
    return worker
  }

  mutating func queue(_ place: Int, _ name: [UInt8], of source: SafeText) -> Queue {
    if queues.indices.contains(place), let known = queues[place], known.id.key == name { return known }
    let queue = Queue(id: ResourceID(source: source, kind: .queue, key: name), name: SafeText(bytes: name, limit: 200))
    if queues.indices.contains(place) { queues[place] = queue }
    return queue
  }

  /// Keeps only what `names` holds.
  mutating func keep(_ names: RQNames) {
    let oldWorkers = Dictionary(workers.compactMap { known in known.map { ($0.id.key, $0) } }, uniquingKeysWith: { first, _ in first })
    workers = names.workers.map { oldWorkers[$0] }
    let oldQueues = Dictionary(queues.compactMap { known in known.map { ($0.id.key, $0) } }, uniquingKeysWith: { first, _ in first })
    queues = names.queues.map { oldQueues[$0] }
  }

  private static func host(_ value: RedisValue) -> SafeText? { value.bytes.map { SafeText(bytes: $0, limit: 80) } }

  private static func queues(_ value: RedisValue) -> [SafeText] {
    (value.bytes ?? []).split(separator: UInt8(ascii: ",")).map { SafeText(bytes: $0, limit: 200) }
  }
}
