/// Collects looks at the counters of statements and keeps an hour of them.
public struct StatementRing: Sendable {
  private var places: [StatementKey: Int32] = [:]
  private var keys: [StatementKey] = []
  private var newest: [StatementCounters?] = []
  private var layers: [StatementLog.Layer] = []
  public var texts: [StatementKey: SafeText] = [:]
  public var users: [UInt32: SafeText] = [:]
  public var databases: [UInt32: SafeText] = [:]
  public var limit: Int?

  /// Texts kept at most; beyond that they are read anew.
  static let textLimit = 2_000

  public init() {}

  /// Forgets everything: the server was started anew, or is another one.
  public mutating func forget() {
    let names = (users, databases, limit)
    self = StatementRing()
    (users, databases, limit) = names
  }

  public mutating func add(_ counters: [(key: StatementKey, value: StatementCounters)], _ stamp: StatementStamp) {
    if let last = layers.first, !last.stamp.isSameCount(as: stamp) {
      // What was counted before says nothing of what is counted now.
      let texts = texts
      forget()
      self.texts = texts
    }
    var next = [StatementCounters?](repeating: nil, count: newest.count)
    for (key, value) in counters {
      let place = place(of: key)
      if Int(place) >= next.count { next.append(nil) }
      next[Int(place)] = value
    }
    var older: [Int32: StatementCounters?] = [:]
    for index in next.indices {
      let before = index < newest.count ? newest[index] : nil
      if before != next[index] { older[Int32(index)] = .some(before) }
    }
    if !layers.isEmpty { layers[0].older = older }
    layers.insert(StatementLog.Layer(stamp: stamp, older: [:]), at: 0)
    newest = next
    thin()
    compact()
    if texts.count > Self.textLimit { texts = [:] }
  }

  private mutating func place(of key: StatementKey) -> Int32 {
    if let known = places[key] { return known }
    let place = Int32(keys.count)
    places[key] = place
    keys.append(key)
    return place
  }

  /// Seconds that two looks must be apart at an age, so that both are kept.
  private static func gap(_ age: Double) -> Double {
    switch age {
    case ..<90: 0
    case ..<360: 28
    case ..<1200: 55
    default: 290
    }
  }

  private mutating func thin() {
    guard let now = layers.first?.stamp.at else { return }
    while let last = layers.last, now.age(since: last.stamp.at) > 3_900, layers.count > 1 { layers.removeLast() }
    var older = layers.count - 1
    var index = layers.count - 2
    while index > 0 {
      let gap = layers[index].stamp.at.age(since: layers[older].stamp.at)
      if gap < Self.gap(now.age(since: layers[index].stamp.at)) {
        let gone = layers.remove(at: index)
        layers[index].older.merge(gone.older) { kept, _ in kept }
      }
      older = index
      index -= 1
    }
  }

  /// Drops the numbers of statements that no look knows any more: where every statement is a new one, hundreds of thousands would pile up.
  private mutating func compact() {
    let live = newest.reduce(0) { $0 + ($1 == nil ? 0 : 1) }
    guard keys.count > 3 * live + 1_000 else { return }
    var used = Set(newest.indices.filter { newest[$0] != nil }.map { Int32($0) })
    for layer in layers { for (place, value) in layer.older where value != nil { used.insert(place) } }
    let kept = used.sorted()
    let moved = Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($0.element, Int32($0.offset)) })
    keys = kept.map { keys[Int($0)] }
    newest = kept.map { newest[Int($0)] }
    places = Dictionary(uniqueKeysWithValues: keys.enumerated().map { ($0.element, Int32($0.offset)) })
    for index in layers.indices {
      layers[index].older = Dictionary(
        uniqueKeysWithValues: layers[index].older.compactMap { place, value in moved[place].map { ($0, value) } })
    }
  }

  public var log: StatementLog {
    StatementLog(
      keys: keys, newest: newest, layers: layers, texts: texts, users: users, databases: databases, limit: limit)
  }

  public var isEmpty: Bool { layers.isEmpty }
}
