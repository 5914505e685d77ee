import OpsModel
import Runbooks

/// Makes a process that follows a run somebody who looks at it, for as long as somebody can see what it prints.
struct Viewing {
  /// Seconds between two words that it is here.
  private static let every = 1.0

  private let folder: RunFolder
  private let clock: any OpsClock
  private let onlooker = Onlooker()
  private var counts: Bool
  private var saidAt: Moment
  /// The connection; nil while no runner listens, and for one who does not count.
  private(set) var client: RunnerClient?

  /// - Parameter counts: it may act. Who may not is nobody that a run could count on.
  init(_ folder: RunFolder, clock: any OpsClock, counts: Bool) {
    self.folder = folder
    self.clock = clock
    self.counts = counts
    saidAt = clock.now()
    client = counts ? RunnerClient(folder) : nil
  }

  /// Once a round: tells the runner that somebody looks.
  /// - Returns: false where nobody sees what is printed any more.
  mutating func look(isAlive: Bool) -> Bool {
    switch onlooker.life {
    case .here: break
    case .away: (counts, client) = (false, nil)
    case .gone: return false
    }
    if client == nil, isAlive, counts { client = RunnerClient(folder) }
    let now = clock.now()
    if now.age(since: saidAt) >= Self.every {
      client?.sayHere()
      saidAt = now
    }
    return true
  }
}
