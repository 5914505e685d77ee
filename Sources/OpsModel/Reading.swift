/// A value with its age. Unknown is not zero, and an old number says that it is old.
public enum Reading<Value: Sendable>: Sendable {
  /// Nothing was ever read.
  case never
  case fresh(Value, at: Moment)
  /// The last value, read `at`, no longer confirmed `since`.
  case stale(Value, at: Moment, since: Moment, because: Failure)
  /// Nothing was ever read, and reading fails.
  case failed(Failure, since: Moment)

  public var value: Value? {
    switch self {
    case .fresh(let value, _), .stale(let value, _, _, _): value
    case .never, .failed: nil
    }
  }

  /// When the value was read.
  public var at: Moment? {
    switch self {
    case .fresh(_, let at), .stale(_, let at, _, _): at
    case .never, .failed: nil
    }
  }

  public var failure: (failure: Failure, since: Moment)? {
    switch self {
    case .stale(_, _, let since, let because): (because, since)
    case .failed(let failure, let since): (failure, since)
    case .never, .fresh: nil
    }
  }

  public var isFresh: Bool {
    if case .fresh = self { return true }
    return false
  }

  /// The word scripts see: `never`, `fresh`, `stale` or `failed`.
  public var word: SafeText {
    switch self {
    case .never: "never"
    case .fresh: "fresh"
    case .stale: "stale"
    case .failed: "failed"
    }
  }

  /// What becomes of the reading when the next attempt fails.
  public func failing(_ failure: Failure, at now: Moment) -> Reading {
    switch self {
    case .never: .failed(failure, since: now)
    case .fresh(let value, let at): .stale(value, at: at, since: now, because: failure)
    case .stale(let value, let at, let since, _): .stale(value, at: at, since: since, because: failure)
    case .failed(_, let since): .failed(failure, since: since)
    }
  }
}
