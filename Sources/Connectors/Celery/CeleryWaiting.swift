import OpsModel

/// The next and the newest messages of a Celery queue, over its priority lists.
struct CeleryWaiting {
  /// Bytes of messages that one look fetches at most; after that the rest is not fetched.
  static let byteBudget = 4 * 1_048_576
  static let step = 4

  let source: SafeText
  let keys: CeleryKeys
  let queue: ResourceID
  let window: Int

  func read(_ client: RedisClient, _ clock: any OpsClock) async throws(Failure) -> WaitingTasks {
    let lists = keys.lists(queue.key)
    let lengths = try await client.run(lists.map { RedisCommand(.llen, $0) })
    for case .error(let message) in lengths { throw RedisFailure.of(message, doing: "reading \(SafeText(bytes: queue.key, limit: 80))") }
    let counts = lengths.map { $0.integer ?? 0 }
    var budget = Self.byteBudget
    // Workers take the lists in order of urgency, each from its tail.
    var next: [(list: Int, index: Int)] = []
    for (list, count) in counts.enumerated() { for back in 0..<min(count, window - next.count) { next.append((list, -1 - back)) } }
    var newest: [(list: Int, index: Int)] = []
    if let list = counts.indices.max(by: { counts[$0] < counts[$1] }), counts[list] > 0 {
      let shown = next.filter { $0.list == list }.count
      newest = (0..<min(window, counts[list] - shown)).map { (list, $0) }
    }
    let first = try await fetch(next, lists, &budget, client)
    let last = try await fetch(newest, lists, &budget, client)
    var tasks = WaitingTasks(queue: queue, at: clock.now(), total: counts.reduce(0, +), next: first, newest: last)
    if first.count + last.count < next.count + newest.count || budget <= 0 {
      tasks.notices.append(Notice(.warning, "messages are large: after \(Units.bytes(Double(Self.byteBudget))) the rest was not fetched"))
    }
    return tasks
  }

  /// A few messages at a time: Redis can not tell the size of a list's element beforehand.
  private func fetch(
    _ places: [(list: Int, index: Int)], _ lists: [[UInt8]], _ budget: inout Int, _ client: RedisClient
  ) async throws(Failure) -> [WaitingTask] {
    var tasks: [WaitingTask] = []
    var start = 0
    while start < places.count && budget > 0 {
      let part = places[start..<min(places.count, start + Self.step)]
      let replies = try await client.run(part.map { RedisCommand(.lindex, lists[$0.list], Array(String($0.index).utf8)) })
      for (place, reply) in zip(part, replies) {
        guard let bytes = reply.bytes else { continue }
        budget -= bytes.count
        tasks.append(task(bytes, step: keys.steps[place.list]))
      }
      start += Self.step
    }
    return tasks
  }

  private func task(_ bytes: [UInt8], step: String) -> WaitingTask {
    let key = CeleryMessage.identity(bytes)
    let id = ResourceID(source: source, kind: .task, key: key)
    guard let message = CeleryMessage(bytes) else {
      var task = WaitingTask(id: id, name: SafeText(bytes: bytes.prefix(24)))
      task.size = bytes.count
      task.note = "not a Celery message"
      return task
    }
    var task = WaitingTask(id: id, name: message.id ?? message.tag ?? "—")
    task.task = message.task
    task.arguments = message.arguments
    task.size = bytes.count
    task.priority = Int(step) ?? 0
    task.note = message.note
    return task
  }
}
