/// Names of the keys of Celery's Redis transport (kombu 5.x, `kombu.transport.redis`).
struct CeleryKeys: Sendable {
  /// `global_keyprefix` of the transport options; stands before keys and channels.
  let prefix: [UInt8]
  /// `result_backend_transport_options.global_keyprefix`, joined as Celery joins it.
  let resultPrefix: [UInt8]
  let separator: [UInt8] = [0x06, 0x16]
  /// Priorities are stored in steps; step 0 is the queue itself.
  let steps = ["", "3", "6", "9"]

  init(prefix: String, resultPrefix: String = "") {
    self.prefix = Array(prefix.utf8)
    let isJoined = resultPrefix.isEmpty || resultPrefix.last.map { ":_-.".contains($0) } ?? true
    self.resultPrefix = Array((isJoined ? resultPrefix : resultPrefix + "_").utf8)
  }

  /// Stored results; their channel has the same name.
  var resultMark: [UInt8] { resultPrefix + Array("celery-task-meta-".utf8) }
  var resultPattern: [UInt8] { resultMark + [UInt8(ascii: "*")] }
  func result(_ id: [UInt8]) -> [UInt8] { resultMark + id }

  /// Ours: says that a failed result was made into a new message. It names the failure, so that one that fails again can be retried again.
  func marker(_ id: [UInt8], doneAt: [UInt8]) -> [UInt8] { prefix + Array("opsq:retried:".utf8) + id + [UInt8(ascii: ":")] + doneAt }

  /// The channel on which workers of a database listen for remote control.
  func pidbox(database: Int) -> [UInt8] { prefix + Array("/\(database).celery.pidbox".utf8) }
  var replyBinding: [UInt8] { prefix + Array("_kombu.binding.reply.celery.pidbox".utf8) }
  var bindingDeadlines: [UInt8] { prefix + Array("_kombu.binding_deadlines".utf8) }

  /// The list of a queue for messages of a priority from 0 to 9: the largest step that is not above it.
  func list(_ queue: [UInt8], priority: Double) -> [UInt8] {
    let step = steps.last { (Double($0) ?? 0) <= max(0, priority) } ?? ""
    return step.isEmpty ? prefix + queue : prefix + queue + separator + Array(step.utf8)
  }

  /// The lists of a queue, the most urgent first. Index -1 of each is next.
  func lists(_ queue: [UInt8]) -> [[UInt8]] {
    steps.map { $0.isEmpty ? prefix + queue : prefix + queue + separator + Array($0.utf8) }
  }

  var unacked: [UInt8] { prefix + Array("unacked".utf8) }
  var unackedIndex: [UInt8] { prefix + Array("unacked_index".utf8) }

  /// Binding tables: `_kombu.binding.<exchange>`, from kombu 5.7 on `_kombu.binding_permanent.<exchange>` as well.
  var bindingPattern: [UInt8] { prefix + Array("_kombu.binding*".utf8) }
  var bindingMarks: [[UInt8]] { ["_kombu.binding.", "_kombu.binding_permanent."].map { prefix + Array($0.utf8) } }
  var pidboxBinding: [UInt8] { prefix + Array("_kombu.binding.celery.pidbox".utf8) }

  /// Channels of worker events in a database.
  func workerEvents(database: Int) -> [UInt8] { prefix + Array("/\(database).celeryev/worker.*".utf8) }

  /// A member of a binding table.
  struct Binding: Sendable {
    let routingKey: [UInt8]
    let pattern: [UInt8]
    let queue: [UInt8]
  }

  func binding(_ exchange: [UInt8]) -> [UInt8] { prefix + Array("_kombu.binding.".utf8) + exchange }

  func binding(member: [UInt8]) -> Binding? {
    var parts: [[UInt8]] = [[]]
    var index = 0
    while index < member.count {
      if index + 1 < member.count, member[index] == separator[0], member[index + 1] == separator[1] {
        parts.append([])
        index += 2
      } else {
        parts[parts.count - 1].append(member[index])
        index += 1
      }
    }
    return parts.count == 3 && !parts[2].isEmpty ? Binding(routingKey: parts[0], pattern: parts[1], queue: parts[2]) : nil
  }

  /// The queue in a member `routing key · sep · pattern · sep · queue` of a binding table.
  func queue(inBinding member: [UInt8]) -> [UInt8]? { binding(member: member)?.queue }

  /// Queues of replies, events and remote control hold no tasks.
  static func isTaskQueue(_ name: [UInt8]) -> Bool {
    let text = String(decoding: name, as: UTF8.self)
    return !text.hasSuffix(".celery.pidbox") && !text.hasSuffix(".reply.celery.pidbox") && !text.hasPrefix("celeryev.")
      && !text.hasPrefix("celeryev/")
  }
}
