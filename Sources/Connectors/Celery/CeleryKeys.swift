/// Names of the keys of Celery's Redis transport (kombu 5.x, `kombu.transport.redis`).
struct CeleryKeys: Sendable {
  /// `global_keyprefix` of the transport options; stands before keys and channels.
  let prefix: [UInt8]
  let separator: [UInt8] = [0x06, 0x16]
  /// Priorities are stored in steps; step 0 is the queue itself.
  let steps = ["", "3", "6", "9"]

  init(prefix: String) { self.prefix = Array(prefix.utf8) }

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

  /// The queue in a member `routing key · sep · pattern · sep · queue` of a binding table.
  func queue(inBinding member: [UInt8]) -> [UInt8]? {
    var last: Int?
    var index = 0
    while index + 1 < member.count {
      if member[index] == separator[0] && member[index + 1] == separator[1] { last = index + 2 }
      index += 1
    }
    guard let last, last < member.count else { return nil }
    return Array(member[last...])
  }

  /// Queues of replies, events and remote control hold no tasks.
  static func isTaskQueue(_ name: [UInt8]) -> Bool {
    let text = String(decoding: name, as: UTF8.self)
    return !text.hasSuffix(".celery.pidbox") && !text.hasSuffix(".reply.celery.pidbox") && !text.hasPrefix("celeryev.")
      && !text.hasPrefix("celeryev/")
  }
}
