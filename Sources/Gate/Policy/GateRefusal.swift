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
    case .readOnly(let why): "nothing was done: read-only (\(why))"
    case .empty: "nothing is selected; mark rows, or use --id, --filter or --all"
    case .noActuator(let source): "\(source) is view-only: this kind of source has no actions"
    case .notConfirmed(let expected): "nothing was done: not confirmed; to confirm, type \(expected)"
    case .changed(let what): "nothing was done: the targets are no longer those shown: \(what); review and confirm again"
    case .audit(let why): "nothing was done: cannot write the audit log: \(why)"
    case .quarantine(let why): "nothing was discarded: cannot write the quarantine file: \(why)"
    case .failed(let failure): "nothing was done: \(failure.sentence(age: nil))"
    }
  }

  /// What a command ends with.
  public var exitCode: Int32 {
    switch self {
    case .empty: 64
    case .failed(let failure): failure.exitCode
    case .audit, .quarantine: 73
    case .readOnly, .noActuator, .notConfirmed, .changed: 77
    }
  }

  /// The same for those who read sources: a failure of the server stays what it is.
  public var failure: Failure {
    if case .failed(let failure) = self { return failure }
    return .declined(.gate(sentence))
  }
}
