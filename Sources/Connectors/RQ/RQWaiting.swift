import OpsModel

/// The next and the newest jobs of an RQ queue.
struct RQWaiting {
  /// Payloads up to this size are fetched to read JSON arguments; larger ones show the description alone.
  static let payloadLimit = 65_536

  let source: SafeText
  let queue: ResourceID
  let window: Int

  func read(_ client: RedisClient, _ clock: any OpsClock) async throws(Failure) -> WaitingTasks {
    let key = RQKeys.queue(queue.key)
    let first = try await client.run([
      RedisCommand(.time), RedisCommand(.llen, key), RedisCommand(.lrange, key, text("0"), text("\(window - 1)")),
      RedisCommand(.lrange, key, text("\(-window)"), text("-1")),
    ])
    for case .error(let message) in first { throw RedisFailure.of(message, doing: "reading \(SafeText(bytes: queue.key, limit: 80))") }
    guard let now = RedisReading.time(first[0]) else { throw .garbage("a TIME reply of another shape") }
    let next = (first[2].array ?? []).compactMap(\.bytes)
    let total = first[1].integer ?? next.count
    // Both windows overlap in a short queue; what stands under next is not shown twice.
    let newest = Array((first[3].array ?? []).compactMap(\.bytes).suffix(max(0, min(window, total - next.count))).reversed())
    let tasks = try await jobs(next + newest, now, client)
    return WaitingTasks(
      queue: queue, at: clock.now(), total: total, next: Array(tasks.prefix(next.count)), newest: Array(tasks.dropFirst(next.count)))
  }

  private func jobs(_ ids: [[UInt8]], _ now: Double, _ client: RedisClient) async throws(Failure) -> [WaitingTask] {
    let sizes = try await client.run(
      ids.flatMap { id in
        [RedisCommand(.hstrlen, RQKeys.job(id), text("data")), RedisCommand(.hstrlen, RQKeys.job(id), text("description"))]
      })
    var commands: [RedisCommand] = []
    for (index, id) in ids.enumerated() {
      var fields = ["enqueued_at", "created_at", "timeout"]
      fields.append(isSmall(sizes[index * 2 + 1]) ? "description" : "no-such-field")
      fields.append(isSmall(sizes[index * 2]) ? "data" : "no-such-field")
      commands.append(RedisCommand(.hmget, list: [RQKeys.job(id)] + fields.map(text)))
    }
    let replies = try await client.run(commands)
    return ids.enumerated().map { index, id in
      task(id, replies[index].array ?? [], size: sizes[index * 2].integer, described: sizes[index * 2 + 1].integer, now)
    }
  }

  private func isSmall(_ size: RedisValue) -> Bool { (size.integer ?? 0) <= Self.payloadLimit }

  private func task(_ id: [UInt8], _ fields: [RedisValue], size: Int?, described: Int?, _ now: Double) -> WaitingTask {
    let name = SafeText(bytes: id, limit: 80)
    var task = WaitingTask(id: ResourceID(source: source, kind: .task, key: id), name: name)
    guard fields.count == 5, fields.contains(where: { $0.bytes != nil }) || (size ?? 0) > 0 else {
      task.note = "its record is gone: a worker will drop this id"
      return task
    }
    task.size = size
    let time = [fields[0], fields[1]].lazy.compactMap { $0.time }.first
    task.age = time.map { max(0, now - $0) }
    let call = RQCall(description: fields[3].bytes, data: fields[4].bytes)
    task.task = call.name
    task.arguments = call.arguments
    if (described ?? 0) > Self.payloadLimit { task.note = "description of \(Units.bytes(Double(described ?? 0))) not fetched" }
    if (size ?? 0) > Self.payloadLimit { task.note = "payload of \(Units.bytes(Double(size ?? 0))) not fetched" }
    return task
  }

  private func text(_ value: String) -> [UInt8] { Array(value.utf8) }
}
