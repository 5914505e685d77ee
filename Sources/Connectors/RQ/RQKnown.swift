import OpsModel

/// What queues and workers are called, kept from look to look: of thousands of workers nearly all say the same each time, and texts that
/// share their memory are compared at once.
struct RQKnown {
  struct Worker {
    let id: ResourceID
    let name: SafeText
    fileprivate(set) var host: SafeText?
    fileprivate(set) var queues: [SafeText]
    /// What `host` and `queues` were read from.
    fileprivate var said: (queues: RedisValue, host: RedisValue)
  }

  struct Queue {
    let id: ResourceID
    let name: SafeText
  }

  /// By their places in `RQNames`.
  private var workers: [Worker?] = []
  private var queues: [Queue?] = []

  /// - Parameter place: of the worker in the names that `keep` was told last.
  mutating func worker(_ place: Int, _ found: RQPoll.Worker, of source: SafeText) -> Worker {
    let said = (queues: found.fields[3], host: found.fields[4])
    if let known = workers[place] {
      if known.said == said { return known }
      workers[place]?.said = said
      workers[place]?.host = Self.host(said.host)
      workers[place]?.queues = Self.queues(said.queues)
    }
    let worker =
      workers[place]
      ?? Worker(
        id: ResourceID(source: source, kind: .worker, key: found.name), name: SafeText(bytes: found.name, limit: 200),
        host: Self.host(said.host), queues: Self.queues(said.queues), said: said)
    workers[place] = worker
    return worker
  }

  mutating func queue(_ place: Int, _ name: [UInt8], of source: SafeText) -> Queue {
    if let known = queues[place] { return known }
    let queue = Queue(id: ResourceID(source: source, kind: .queue, key: name), name: SafeText(bytes: name, limit: 200))
    queues[place] = queue
    return queue
  }

  /// Names were read again: forgets what is not there any more.
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
