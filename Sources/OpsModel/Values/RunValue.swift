/// A value of a runbook: a parameter, an output of a step, the result of an expression. Data and nothing else: it is never read as text
/// that means something.
public indirect enum RunValue: Hashable, Sendable {
  case null
  case bool(Bool)
  case int(Int)
  /// Seconds where it is a time.
  case number(Double)
  case text(String)
  case list([RunValue])
  case map([String: RunValue])

  public var kind: ValueKind {
    switch self {
    case .null: .null
    case .bool: .bool
    case .int: .int
    case .number: .number
    case .text: .text
    case .list: .list
    case .map: .map
    }
  }

  /// How it is written into an argument, an environment or a request: nil for what has no one text.
  public var argument: String? {
    switch self {
    case .bool(let flag): flag ? "true" : "false"
    case .int(let number): String(number)
    case .number(let number): number == number.rounded() && number.magnitude < 1e15 ? String(Int(number)) : String(number)
    case .text(let text): text
    case .null, .list, .map: nil
    }
  }

  /// As a person reads it, on one line.
  public var shown: SafeText { SafeText(escaping: json.compact(), limit: 400) }

  public var json: JSONText {
    switch self {
    case .null: .null
    case .bool(let flag): .bool(flag)
    case .int(let number): .int(number)
    case .number(let number): .number(number)
    case .text(let text): .text(SafeText(escaping: text, limit: .max))
    case .list(let list): .array(list.map(\.json))
    case .map(let map): .map(map.sorted { $0.key < $1.key }.map { (SafeText(escaping: $0.key), $0.value.json) })
    }
  }
}

extension RunValue {
  /// A number as such; nil for what is none.
  public var double: Double? {
    switch self {
    case .int(let number): Double(number)
    case .number(let number): number
    default: nil
    }
  }
}

/// What a value is, or is known to be before there is one.
public enum ValueKind: String, Hashable, Sendable {
  case null, bool, int, number, text, list, map
  /// Only the run tells.
  case any

  /// With its article, for messages.
  public var words: SafeText {
    switch self {
    case .null: "nothing"
    case .bool: "true or false"
    case .int: "a whole number"
    case .number: "a number"
    case .text: "text"
    case .list: "a list"
    case .map: "a mapping"
    case .any: "anything"
    }
  }

  public var isNumber: Bool { self == .int || self == .number || self == .any }

  /// Whether two values may be equal at all.
  public func isComparable(to other: ValueKind) -> Bool { self == other || self == .any || other == .any || (isNumber && other.isNumber) }
}
