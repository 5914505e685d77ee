/// Where an orphan of RQ lies: the started registry of a queue, or its intermediate list. As the scope of a target it is the queue's name
/// with a mark before it; scopes of dead letters have none.
struct RQOrphanScope {
  enum Place { case started, intermediate }

  static let startedMark = Array("wip:".utf8)
  static let intermediateMark = Array("intermediate:".utf8)

  let place: Place
  let queue: [UInt8]

  init(_ scope: [UInt8]) {
    if scope.starts(with: Self.intermediateMark) {
      place = .intermediate
      queue = Array(scope.dropFirst(Self.intermediateMark.count))
    } else {
      place = .started
      queue = scope.starts(with: Self.startedMark) ? Array(scope.dropFirst(Self.startedMark.count)) : scope
    }
  }

  static func scope(_ place: Place, _ queue: [UInt8]) -> [UInt8] { (place == .started ? startedMark : intermediateMark) + queue }
}

/// The key of an orphan: the member of its set, the job's id and the worker it names.
struct RQOrphanKey {
  let member: [UInt8]
  let job: [UInt8]
  let worker: [UInt8]

  init(_ key: [UInt8]) {
    let parts = key.split(separator: 0, maxSplits: 2, omittingEmptySubsequences: false).map(Array.init)
    member = parts.first ?? []
    job = parts.count > 1 ? parts[1] : member
    worker = parts.count > 2 ? parts[2] : []
  }

  static func key(member: [UInt8], job: [UInt8], worker: [UInt8]) -> [UInt8] { member + [0] + job + [0] + worker }
}
