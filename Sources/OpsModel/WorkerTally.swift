/// How many workers there are of each kind that is asked for.
///
/// Thousands of workers are counted at every look: a loop looks at a field where it stands, where a closure would be given a copy of the
/// whole worker.
public struct WorkerTally: Sendable {
  /// Those whose own record says what they do, and those of them at work.
  public private(set) var heard = 0
  public private(set) var busy = 0
  /// Those at one task for more than a minute.
  public private(set) var stuck = 0
  public private(set) var lost = 0
  public private(set) var firstLost: SafeText?

  public init(_ workers: [WorkerState]) {
    for place in workers.indices {
      switch workers[place].activity {
      case .unknown: break
      case .lost:
        if lost == 0 { firstLost = workers[place].name }
        lost += 1
      case .busy:
        heard += 1
        busy += 1
        if let onTask = workers[place].onTask, onTask > 60 { stuck += 1 }
      case .starting, .idle, .suspended: heard += 1
      }
    }
  }
}
