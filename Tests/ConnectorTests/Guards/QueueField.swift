import OpsModel

@testable import Connectors

/// Many queues of one system in a database of their own, with a tenth as many workers, each of which serves ten queues.
struct QueueField {
  enum System: String, CaseIterable, Sendable { case rq, celery, sidekiq, dramatiq }

  let system: System
  let database: Int
  let count: Int

  private var workers: Int { max(1, count / 10) }

  private func queues(of worker: Int) -> [Int] { (0..<10).map { (worker * 10 + $0) % count } }

  private static func name(_ queue: Int) -> String { "queue-of-tests-\(queue)" }

  private static func worker(_ number: Int) -> String { "host-\(number):\(1000 + number):abcdef" }

  func clear(_ port: Int) throws { try RedisWriter(port: port, database: database).run([["FLUSHDB"]]) }

  func fill(_ port: Int) throws {
    let writer = try RedisWriter(port: port, database: database)
    try writer.run([["FLUSHDB"]])
    switch system {
    case .rq: try writer.run(rq)
    case .celery: try writer.run(celery)
    case .sidekiq: try writer.run(sidekiq)
    case .dramatiq: try writer.run(dramatiq)
    }
  }

  /// - Parameter port: where its Redis is reached, perhaps by way of a proxy.
  func connector(_ port: Int, _ clock: any OpsClock) throws -> any Connector {
    let settings = SourceSettings(
      name: "field", kind: system.rawValue, url: "redis://127.0.0.1:\(port)/\(database)")
    let kinds: [System: ConnectorKind] = [
      .rq: RQConnector.kind, .celery: CeleryConnector.kind, .sidekiq: SidekiqConnector.kind,
      .dramatiq: DramatiqConnector.kind,
    ]
    guard let kind = kinds[system] else { throw Failure.settings("no such system") }
    return try kind.make(settings, clock)
  }

  // MARK: As each system writes it

  private var rq: [[String]] {
    let time = "2026-01-01T00:00:00.000000Z"
    var out = (0..<count).flatMap { queue -> [[String]] in
      let name = Self.name(queue)
      return [
        ["SADD", "rq:queues", "rq:queue:\(name)"], ["RPUSH", "rq:queue:\(name)", "job-\(queue)"],
        ["HSET", "rq:job:job-\(queue)", "enqueued_at", time, "created_at", time, "description", "mail.send()"],
        ["ZADD", "rq:failed:\(name)", "4102444800", "dead-\(queue)"],
      ]
    }
    for number in 0..<workers {
      let key = "rq:worker:\(Self.worker(number))"
      let served = queues(of: number).map(Self.name).joined(separator: ",")
      out.append(["SADD", "rq:workers", key])
      out.append([
        "HSET", key, "state", "idle", "last_heartbeat", time, "queues", served, "hostname", "host-\(number)", "pid", "7",
      ])
    }
    return out
  }

  private var celery: [[String]] {
    let mark = "\u{06}\u{16}"
    return (0..<count).flatMap { queue -> [[String]] in
      let name = Self.name(queue)
      let tag = "{\"body\": \"W10=\", \"properties\": {\"delivery_tag\": \"tag-\(queue)\"}}"
      return [
        ["SADD", "_kombu.binding.tasks", name + mark + mark + name], ["LPUSH", name, tag],
        ["LPUSH", name + mark + "3", tag],
      ]
    }
  }

  private var sidekiq: [[String]] {
    var out = (0..<count).flatMap { queue -> [[String]] in
      [["SADD", "queues", Self.name(queue)], ["LPUSH", "queue:\(Self.name(queue))", Self.job(queue)]]
    }
    for number in 0..<workers {
      let key = Self.worker(number)
      let served = queues(of: number)
      let names = served.map { "\"\(Self.name($0))\"" }.joined(separator: ",")
      let quoted = Self.job(served[0]).replacing("\"", with: "\\\"")
      let work = "{\"queue\":\"\(Self.name(served[0]))\",\"payload\":\"\(quoted)\",\"run_at\":1767225600}"
      out.append(["SADD", "processes", key])
      out.append([
        "HSET", key, "info", "{\"hostname\":\"host\",\"pid\":7,\"queues\":[\(names)]}", "busy", "1", "beat", "4102444800",
        "quiet", "false",
      ])
      out.append(["HSET", "\(key):work", "t1", work])
    }
    return out
  }

  private static func job(_ queue: Int) -> String {
    "{\"class\":\"Mail\",\"args\":[\(queue)],\"queue\":\"\(name(queue))\",\"jid\":\"j\(queue)\",\"enqueued_at\":1767225600}"
  }

  private var dramatiq: [[String]] {
    var out = (0..<count).flatMap { queue -> [[String]] in
      let name = Self.name(queue)
      let message =
        "{\"queue_name\":\"\(name)\",\"actor_name\":\"send\",\"args\":[],\"kwargs\":{},\"options\":{},"
        + "\"message_id\":\"m\(queue)\",\"message_timestamp\":1767225600000}"
      return [
        ["RPUSH", "dramatiq:\(name)", "m\(queue)"], ["HSET", "dramatiq:\(name).msgs", "m\(queue)", message],
      ]
    }
    let now = Int(SystemClock().now().unix * 1000)
    for number in 0..<min(workers, 200) {
      out.append(["ZADD", "dramatiq:__heartbeats__", "\(now)", Self.worker(number)])
      out.append(["SADD", "dramatiq:__acks__.\(Self.worker(number)).\(Self.name(number))", "held-\(number)"])
    }
    return out
  }
}
