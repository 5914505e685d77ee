/// Names of the keys of Dramatiq's Redis broker (2.x; `dramatiq/brokers/redis/dispatch.lua`).
struct DramatiqKeys: Sendable {
  let namespace: [UInt8]

  init(namespace: String) { self.namespace = Array("\(namespace):".utf8) }

  /// Ids of waiting messages; index 0 is next.
  func queue(_ name: [UInt8]) -> [UInt8] { namespace + name }

  /// Messages by id, those that a worker holds among them.
  func messages(_ name: [UInt8]) -> [UInt8] { namespace + name + Array(".msgs".utf8) }

  /// Ids of delayed messages.
  func delayed(_ name: [UInt8]) -> [UInt8] { namespace + name + Array(".DQ".utf8) }

  /// Ids of dead messages by the time of their death, in milliseconds.
  func dead(_ name: [UInt8]) -> [UInt8] { namespace + name + Array(".XQ".utf8) }

  func deadMessages(_ name: [UInt8]) -> [UInt8] { namespace + name + Array(".XQ.msgs".utf8) }

  /// Workers and producers by when they were last heard of, in milliseconds.
  var heartbeats: [UInt8] { namespace + Array("__heartbeats__".utf8) }

  /// Ids that a worker holds of a queue.
  func acks(_ worker: [UInt8], _ queue: [UInt8]) -> [UInt8] { namespace + Array("__acks__.".utf8) + worker + [UInt8(ascii: ".")] + queue }

  var pattern: [UInt8] { namespace + Array("*.msgs".utf8) }

  /// `default` of `dramatiq:default.msgs`, `….DQ.msgs` and `….XQ.msgs`.
  func queue(inKey key: [UInt8]) -> [UInt8]? {
    guard key.starts(with: namespace) else { return nil }
    var name = Array(key.dropFirst(namespace.count))
    for ending in [".msgs", ".XQ", ".DQ"] where name.suffix(ending.utf8.count) == Array(ending.utf8)[...] {
      name.removeLast(ending.utf8.count)
    }
    return name.isEmpty ? nil : name
  }
}
