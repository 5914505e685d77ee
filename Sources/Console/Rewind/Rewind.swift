import OpsModel

/// The screen shows what was, and not what is.
struct Rewind {
  /// Seconds of one step.
  static let step = 10.0

  /// What is shown; nil until the first moment has come from the tape.
  var shown: (at: Double, view: StoreView, owner: DataOwner?)?
  /// What is wanted, as long as it is not shown.
  var wanted: TapeJump?
  /// A look at the tape is under way: the next waits for it, and only the last wish counts.
  var isReading = false

  /// Where the next step begins.
  var at: Double? {
    if case .to(let time) = wanted { return time }
    return shown?.at
  }
}

/// A place on the tape.
public enum TapeJump: Equatable, Sendable {
  /// Seconds since 1970.
  case to(Double)
  /// The event before or after a time.
  case eventBefore(Double)
  case eventAfter(Double)
  /// Where the tape ends.
  case end
}
