public import OpsModel

/// Why the gate did not let an operation through.
public enum GateRefusal: Error, Sendable {
  case readOnly(why: SafeText)
  /// Nothing was selected.
  case empty
  case noActuator(source: SafeText)
  /// `expected` is what had to be typed.
  case notConfirmed(expected: SafeText)
  /// The targets are not what was shown.
  case changed(SafeText)
  case audit(SafeText)
  case quarantine(SafeText)
  case failed(Failure)

  public var sentence: SafeText {
    switch self {
    case .readOnly(let why): "read-only (\(why)): nothing can be changed from here; start without it to act"
    case .empty: "nothing is selected: an empty selection is not an operation"
    case .noActuator(let source): "\(source) can only be looked at: this kind of source has no actions"
    case .notConfirmed(let expected): "not confirmed: nothing was done; it takes the words \(expected)"
    case .changed(let what): "the confirmation is void, nothing was done: \(what); look again and decide anew"
    case .audit(let why): "nothing was done, since it could not be written down: \(why); looking goes on"
    case .quarantine(let why): "nothing was discarded, since the quarantine file could not be made: \(why)"
    case .failed(let failure): "nothing was done: \(failure.sentence(age: nil))"
    }
  }
}
