import OpsModel

/// Which other consoles are at the same Redis. `CLIENT LIST` costs the server a line for each connection, so it is asked once a minute.
struct RedisCompany: Sendable {
  static let again = 60.0

  private let own: Presence?
  private var askedAt: Moment?
  /// Nil where it is not known.
  private(set) var others: [Presence]?

  init(own: Presence?) { self.own = own }

  func isDue(at now: Moment) -> Bool { own != nil && (askedAt.map { now.age(since: $0) >= Self.again } ?? true) }

  mutating func take(_ reply: RedisValue, at now: Moment) {
    askedAt = now
    others = reply.bytes.map { Self.others(in: $0, own: own) }
  }

  /// One for each run; a run that acts on one of its connections acts.
  static func others(in list: [UInt8], own: Presence?) -> [Presence] {
    var found: [SafeText: Presence] = [:]
    for line in list.split(separator: 0x0A) {
      let mark = Array(" name=opsc:".utf8)
      guard let at = line.firstRange(of: mark) else { continue }
      let name = line[(at.lowerBound + 6)...].prefix { $0 != 0x20 }
      guard let one = Presence(name: String(decoding: name, as: UTF8.self)), one.run != own?.run else { continue }
      if one.isActing || found[one.run] == nil { found[one.run] = one }
    }
    return found.values.sorted { ($0.who, $0.run) < ($1.who, $1.run) }
  }
}
