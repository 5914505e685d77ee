import Gate
import OpsModel

/// Remote control of Celery workers over Redis: a question is published, and each worker pushes its answer onto a list of ours
/// (`kombu.pidbox`). The list and its binding are removed again in every case; what an earlier process of this host left behind is
/// removed before the first question.
actor CeleryPidbox {
  /// A question to the workers.
  struct Question: Sendable {
    let method: String
    /// JSON.
    let arguments: [UInt8]
    /// Node names; nil means all.
    let nodes: [[UInt8]]?
    /// `shutdown` is not answered.
    var isAnswered = true

    init(_ method: String, arguments: [UInt8] = Array("{}".utf8), nodes: [[UInt8]]? = nil, isAnswered: Bool = true) {
      self.method = method
      self.arguments = arguments
      self.nodes = nodes
      self.isAnswered = isAnswered
    }
  }

  struct Answers: Sendable {
    /// Workers that listened when the question was published.
    var listeners = 0
    /// What each node answered, as JSON.
    var byNode: [[UInt8]: [UInt8]] = [:]
  }

  /// Seconds that workers have to answer.
  static let patience = 3.0
  private static let mark = "opsconsole-"

  private let keys: CeleryKeys
  private let client: RedisClient
  private let clock: any OpsClock
  private let host: String
  private let identity: String
  private var isSwept = false

  init(keys: CeleryKeys, client: RedisClient, host: String, process: Int32, clock: any OpsClock) {
    self.keys = keys
    self.client = client
    self.clock = clock
    self.host = host
    identity = "\(Self.mark)\(host)-\(process)-\(CeleryMarks.uuid())"
  }

  private var list: [UInt8] { keys.prefix + Array("\(identity).reply.celery.pidbox".utf8) }
  private func member(_ identity: String) -> [UInt8] {
    Array(identity.utf8) + keys.separator + keys.separator + Array("\(identity).reply.celery.pidbox".utf8)
  }

  /// Asks, waits for as many answers as there were listeners, and tidies up.
  func ask(_ questions: [Question], _ permit: Permit) async throws(Failure) -> [Answers] {
    await sweep(permit)
    try await bind(permit)
    do throws(Failure) {
      let answers = try await publishAndWait(questions, permit)
      await unbind(identity, permit)
      return answers
    } catch {
      await unbind(identity, permit)
      throw error
    }
  }

  private func bind(_ permit: Permit) async throws(Failure) {
    // kombu 5.7 deletes binding tables whose deadline has passed; where it keeps such deadlines, ours is told as well.
    let deadline = Array(String(Int64((clock.now().unix + 300) * 1000)).utf8)
    let keeps = try await client.run([RedisCommand(.exists, keys.bindingDeadlines)])[0].integer == 1
    var commands = [RedisMutation(.sadd, [keys.replyBinding, member(identity)])]
    if keeps {
      commands.append(
        RedisMutation(.zadd, [keys.bindingDeadlines, Array("GT".utf8), deadline, Array("reply.celery.pidbox".utf8)]))
    }
    let replies = try await client.run(commands, permit)
    for case .error(let message) in replies { throw RedisFailure.of(message, doing: "preparing for the answers of workers") }
  }

  private func unbind(_ identity: String, _ permit: Permit) async {
    let list = keys.prefix + Array("\(identity).reply.celery.pidbox".utf8)
    _ = try? await client.run([RedisMutation(.srem, [keys.replyBinding, member(identity)]), RedisMutation(.delete, [list])], permit)
  }

  private func publishAndWait(_ questions: [Question], _ permit: Permit) async throws(Failure) -> [Answers] {
    let channel = keys.pidbox(database: client.address.database)
    let tickets = questions.map { _ in CeleryMarks.uuid() }
    let messages = zip(questions, tickets).map { RedisMutation(.publish, [channel, envelope($0, ticket: $1)]) }
    let replies = try await client.run(messages, permit)
    var answers = questions.map { _ in Answers() }
    for (index, reply) in replies.enumerated() {
      if case .error(let message) = reply { throw RedisFailure.of(message, doing: "asking the workers") }
      answers[index].listeners = reply.integer ?? 0
    }
    let end = clock.now().advanced(by: Self.patience)
    while clock.now().steady < end.steady && !isComplete(questions, answers) {
      let popped = try await client.run(Array(repeating: RedisMutation(.rpop, [list]), count: 20), permit)
      let found = popped.compactMap(\.bytes)
      for bytes in found {
        guard let (ticket, node, reply) = Self.answer(bytes), let index = tickets.firstIndex(of: ticket) else { continue }
        answers[index].byNode[node] = reply
      }
      if found.isEmpty { try? await Task.sleep(for: .milliseconds(25)) }
    }
    return answers
  }

  private func isComplete(_ questions: [Question], _ answers: [Answers]) -> Bool {
    zip(questions, answers).allSatisfy { question, answer in
      !question.isAnswered || answer.byNode.count >= min(answer.listeners, question.nodes?.count ?? .max)
    }
  }

  private func envelope(_ question: Question, ticket: String) -> [UInt8] {
    func names(_ nodes: [[UInt8]]?) -> JSONText { nodes.map { .array($0.map { .text(SafeText(bytes: $0, limit: 400)) }) } ?? .null }
    let reply = JSONText.object([
      ("exchange", .text("reply.celery.pidbox")), ("routing_key", .text(SafeText(escaping: identity, limit: 400))),
    ])
    let tail: [(StaticString, JSONText)] = [
      ("destination", names(question.nodes)), ("pattern", .null), ("matcher", .null), ("ticket", .text(SafeText(escaping: ticket))),
    ]
    var body = Array("{\"method\": \"\(question.method)\", \"arguments\": ".utf8) + question.arguments + Array(", ".utf8)
    let rest = JSONText.object(question.isAnswered ? tail + [("reply_to", reply)] : tail).compact()
    body += Array(rest.dropFirst().utf8)
    let expires = clock.now().unix + Self.patience + 2
    let head = #"{"body": "\#(Base64Text.encode(body))", "content-encoding": "utf-8", "content-type": "application/json", "#
    let headers = #""headers": {"clock": 1, "expires": \#(expires)}, "#
    let properties =
      #""properties": {"delivery_mode": 2, "delivery_info": {"exchange": "celery.pidbox", "routing_key": ""}, "priority": 0, "#
      + #""body_encoding": "base64", "delivery_tag": "\#(CeleryMarks.uuid())"}}"#
    return Array((head + headers + properties).utf8)
  }

  /// Ticket, node and reply of one answer.
  private static func answer(_ bytes: [UInt8]) -> (ticket: String, node: [UInt8], reply: [UInt8])? {
    guard let envelope = JSONScan.object(bytes), var body = JSONScan.string(envelope["body"]) else { return nil }
    let properties = envelope["properties"].flatMap { JSONScan.object($0) } ?? [:]
    let headers = envelope["headers"].flatMap { JSONScan.object($0) } ?? [:]
    if JSONScan.string(properties["body_encoding"]) == Array("base64".utf8) {
      guard let decoded = Base64Text.decode(body) else { return nil }
      body = decoded
    }
    guard let ticket = JSONScan.string(headers["ticket"]), let (node, reply) = JSONScan.object(body)?.first else { return nil }
    return (String(decoding: ticket, as: UTF8.self), Array(node.utf8), Array(reply))
  }

  // MARK: What was left behind

  /// Reply lists of processes of this host that are no more.
  private func sweep(_ permit: Permit) async {
    guard !isSwept else { return }
    isSwept = true
    guard let members = try? await RedisReading.members(of: keys.replyBinding, client).members else { return }
    for member in members {
      guard let binding = keys.binding(member: member) else { continue }
      let left = String(decoding: binding.routingKey, as: UTF8.self)
      if left != identity, isOurs(left) { await unbind(left, permit) }
    }
  }

  /// `opsconsole-<host>-<pid>-<uuid>` of this host, whose process has ended.
  private func isOurs(_ identity: String) -> Bool {
    let start = "\(Self.mark)\(host)-"
    guard identity.hasPrefix(start), let pid = identity.dropFirst(start.count).split(separator: "-").first.flatMap({ Int32($0) }) else {
      return false
    }
    return !ProcessFacts.isAlive(pid)
  }
}
