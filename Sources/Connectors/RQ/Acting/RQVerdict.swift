import Gate
import OpsModel

/// The codes of RQ's scripts, one for each job. A preview comes to the same codes by reading.
enum RQVerdict: Int {
  case moved = 0
  case absent = 1
  case changed = 2
  case payloadMissing = 3
  /// Its worker is at it; for a restore, the job is there.
  case busy = 4
  /// Its key holds another type.
  case failed = 5
  case otherQueue = 6

  func verdict(_ verb: Verb) -> TargetVerdict {
    switch self {
    case .moved: .moved
    case .absent: .absent
    case .changed: .changed
    case .payloadMissing: TargetVerdict(.payloadMissing)
    case .busy:
      TargetVerdict(.conflict, verb == .restore ? "a job with this id exists already; left alone" : "its worker is at it; left alone")
    case .failed: TargetVerdict(.failed, "its key is not of the type that RQ uses; left alone")
    case .otherQueue: TargetVerdict(.conflict, "its record names another queue; left alone")
    }
  }

  static func verdict(_ code: Int?, _ verb: Verb) -> TargetVerdict {
    code.flatMap { RQVerdict(rawValue: $0) }?.verdict(verb) ?? TargetVerdict(.unknown)
  }
}
