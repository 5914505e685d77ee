public import OpsModel

/// Whether the program may change anything at all. Decided at start; there is no switch.
public enum Mode: Sendable, Equatable {
  /// `why`: `--read-only`, the configuration, the wallboard.
  case readOnly(why: SafeText)
  case readWrite
}

/// What an operator must do before an operation goes on. Enter is never an answer.
public enum RequiredConfirmation: Sendable, Equatable {
  /// `y`, not before `dwell` seconds.
  case key(dwell: Double)
  /// The text that must be typed.
  case typed(SafeText)
}

/// What the operator did.
public enum Answer: Sendable, Equatable {
  /// `y`, so many seconds after the plan was shown.
  case yes(after: Double)
  case typed(String)
}

/// Environment × danger × number → confirmation.
public enum Policy {
  /// Largest number that a key confirms outside of production.
  public static let small = 50

  public static func confirmation(_ environment: Environment, _ verb: Verb, count: Int, source: SafeText) -> RequiredConfirmation {
    let name: SafeText = "\(environment.name)/\(source)"
    switch (environment, verb.danger) {
    case (_, .harmless): return .key(dwell: 0)
    case (.production, .destroys): return .typed(name)
    case (.production, .moves): return count == 1 ? .key(dwell: 0.5) : .typed(name)
    case (_, .destroys): return count > small ? .typed(name) : .key(dwell: count == 1 ? 0 : 0.5)
    case (_, .moves): return .key(dwell: count == 1 ? 0 : 0.5)
    }
  }

  /// Whether an answer is enough. The typed name is always enough: scripts give it for every operation.
  public static func accepts(_ answer: Answer, for confirmation: RequiredConfirmation, name: SafeText) -> Bool {
    switch (answer, confirmation) {
    case (.typed(let text), _): text == name.text
    case (.yes(let after), .key(let dwell)): after >= dwell
    case (.yes, .typed): false
    }
  }
}

extension Environment {
  /// As it is typed.
  public var name: SafeText {
    switch self {
    case .production: "production"
    case .staging: "staging"
    case .development: "development"
    }
  }
}
