import OpsModel

/// Reads a list of messages in pieces whose size is guessed from the list's own: Redis can not tell how large an element is beforehand.
/// Places are counted from the tail, the oldest message: what comes in at the head does not move them.
struct CeleryListReader {
  struct Element: Sendable {
    let bytes: [UInt8]
    /// From the tail: 0 is the oldest.
    let place: Int
    var key: [UInt8] { CeleryMessage.identity(bytes) }
    var version: Version { Version(of: bytes) }
  }

  /// Bytes that one command fetches, about.
  static let pieceBytes = 2_000_000
  /// Elements that are looked through for those that are not where they were.
  static let searchLimit = 200_000

  let list: [UInt8]
  let client: RedisClient
  private var piece = 100

  init(list: [UInt8], _ client: RedisClient) {
    self.list = list
    self.client = client
  }

  /// - Throws: `Failure`, also where the key is no list.
  mutating func length() async throws(Failure) -> Int {
    let replies = try await client.run([RedisCommand(.llen, list), RedisCommand(.memory, Array("USAGE".utf8), list)])
    if case .error(let message) = replies[0] { throw RedisFailure.of(message, doing: "reading \(SafeText(bytes: list, limit: 80))") }
    let count = replies[0].integer ?? 0
    if count > 0, let bytes = replies[1].integer { piece = min(max(Self.pieceBytes / max(1, bytes / count), 1), 500) }
    return count
  }

  /// Elements from a place down towards the older ones, newest first.
  func elements(from place: Int, count: Int) async throws(Failure) -> [Element] {
    var out: [Element] = []
    var top = place
    while out.count < count && top >= 0 {
      let low = max(0, top - min(piece, count - out.count) + 1)
      let reply = try await client.run([
        RedisCommand(.lrange, list, Array(String(-1 - top).utf8), Array(String(-1 - low).utf8))
      ])
      if case .error(let message) = reply[0] { throw RedisFailure.of(message, doing: "reading \(SafeText(bytes: list, limit: 80))") }
      let found = (reply[0].array ?? []).compactMap(\.bytes)
      guard !found.isEmpty else { break }
      // A list that became shorter answers with fewer: the last one is the one at `low` all the same.
      for (index, bytes) in found.enumerated() { out.append(Element(bytes: bytes, place: low + found.count - 1 - index)) }
      top = low - 1
    }
    return out
  }

  /// The elements of these targets as they are now, in their order; nil where one is not in the list any more. First at their places, then
  /// everywhere.
  mutating func locate(_ targets: [Target]) async throws(Failure) -> [Element?] {
    let count = try await length()
    var found: [Element?] = []
    for start in stride(from: 0, to: targets.count, by: piece) {
      let part = targets[start..<min(start + piece, targets.count)]
      let replies = try await client.run(part.map { RedisCommand(.lindex, list, Array(String(-1 - Int($0.position)).utf8)) })
      for (target, reply) in zip(part, replies) {
        let element = reply.bytes.map { Element(bytes: $0, place: Int(target.position)) }
        found.append(element.flatMap { $0.key == target.key && $0.version == target.version ? $0 : nil })
      }
    }
    guard found.contains(where: { $0 == nil }) else { return found }
    var missing: [[UInt8]: [Int]] = [:]
    for index in targets.indices where found[index] == nil { missing[targets[index].key, default: []].append(index) }
    var top = count - 1
    while top >= 0 && !missing.isEmpty && count - top <= Self.searchLimit {
      let part = try await elements(from: top, count: piece)
      guard let last = part.last else { break }
      for element in part {
        guard let places = missing.removeValue(forKey: element.key) else { continue }
        for place in places { found[place] = element }
      }
      top = last.place - 1
    }
    return found
  }
}
